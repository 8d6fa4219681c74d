"""Between Teams' activities and our own words. Pure: the only bilingual file."""

from collections.abc import Mapping
from typing import Any

from bot.channel.admission import Account, Inbound
from bot.channel.files import UploadPlace
from bot.channel.markup import plain_name, plain_text
from bot.channel.messages import ADAPTIVE_CARD
from bot.channel.references import Conversation, ConversationKind
from bot.channel.refusals import Refused
from bot.channel.turns import (
    Content,
    FileAnswered,
    Installed,
    Renamed,
    Reply,
    RosterChanged,
    Said,
    Shared,
    Speaker,
    Tapped,
    Typed,
    Uninstalled,
)

MESSAGE_ANSWER = "application/vnd.microsoft.activity.message"
SEARCH_ANSWER = "application/vnd.microsoft.search.searchResponse"
MOST_CHOICES = 15
MESSAGE_ACTION = "oneToOne"
"""The id that the app's manifest gives its message action."""
RENAMED = "channelRenamed"
OTHERS_READ = frozenset(
    {"channelShared", "channelUnshared", "channelMemberAdded", "channelMemberRemoved"}
)
"""Events of a channel that change who reads it, with or without saying who."""
OF_TWO = "@unq.gbl.spaces"
"""The end of the id of a chat of two, which begins with the ids of both."""
TEAM_GONE = frozenset({"teamDeleted", "teamHardDeleted", "channelDeleted"})


def speaker_of(inbound: Inbound) -> Speaker:
    """Return who acted."""
    return Speaker(
        object_id=inbound.sender.aad_object_id or None,
        tenant_id=_tenant(inbound),
        account_id=inbound.sender.id,
        name=plain_name(inbound.sender.name or ""),
        locale=inbound.locale or "en",
    )


def conversation_of(inbound: Inbound) -> Conversation:
    """Return the reference to where it happened, as of now."""
    kind = _kind(inbound)
    data = inbound.channel_data
    personal = kind is ConversationKind.PERSONAL
    return Conversation(
        tenant_id=_tenant(inbound),
        conversation_id=_conversation_id(inbound),
        kind=kind,
        service_url=inbound.service_url,
        bot_id=inbound.recipient.id,
        updated_at=inbound.timestamp,
        object_id=inbound.sender.aad_object_id if personal else None,
        team_id=data.team.id if data.team else None,
        channel_id=data.channel.id if data.channel else None,
        channel_name=data.channel.name if data.channel else None,
        locale=inbound.locale or "en",
    )


def content_of(inbound: Inbound) -> Content | None:
    """Return what happened, or None for what does not concern us; Refused(400) if malformed."""
    match inbound.type:
        case "message":
            return _message(inbound)
        case "invoke":
            return _invoke(inbound)
        case "installationUpdate":
            gone = (inbound.action or "").startswith("remove")
            return Uninstalled() if gone else Installed()
        case "conversationUpdate":
            return _conversation_update(inbound)
    return None


def _tenant(inbound: Inbound) -> str:
    tenant = inbound.channel_data.tenant
    return (tenant.id if tenant else None) or ""


def _conversation_id(inbound: Inbound) -> str:
    data = inbound.channel_data
    if data.event_type in ("channelDeleted", RENAMED) and data.channel and data.channel.id:
        return data.channel.id  # told in the team's general channel
    return inbound.conversation.id


def _kind(inbound: Inbound) -> ConversationKind:
    """Return where it happened; a chat between two people, who both read it, is a group's."""
    try:
        kind = ConversationKind(inbound.conversation.conversation_type or "personal")
    except ValueError as error:
        raise Refused(400, "unknown_conversation_type") from error
    who = inbound.conversation.id.removesuffix(OF_TWO)
    if who != inbound.conversation.id and inbound.recipient.id.removeprefix("28:") not in who:
        return ConversationKind.GROUP_CHAT
    return kind


def _message(inbound: Inbound) -> Content:
    if isinstance(inbound.value, dict) and not inbound.text:
        verb = inbound.value.get("verb")
        return Tapped(
            verb=verb if isinstance(verb, str) else "",
            data={key: value for key, value in inbound.value.items() if key != "verb"},
            card_id=inbound.reply_to_id,
            private=False,
        )
    mentions = [
        entity.text or ""
        for entity in inbound.entities
        if entity.type == "mention"
        and entity.mentioned
        and entity.mentioned.id == inbound.recipient.id
    ]
    return Said(text=plain_text(inbound.text or "", mentions))


def _invoke(inbound: Inbound) -> Content:
    value = _object(inbound.value)
    match inbound.name:
        case "adaptiveCard/action":
            return _execute(inbound, value)
        case "application/search":
            return _search(value)
        case "composeExtension/fetchTask" | "composeExtension/submitAction":
            return _shared(inbound, value)
        case "fileConsent/invoke":
            return _file_answered(inbound, value)
    raise Refused(400, "unknown_invoke")


def _execute(inbound: Inbound, value: Mapping[str, Any]) -> Tapped:
    action = _object(value.get("action"))
    if action.get("type") != "Action.Execute":
        raise Refused(400, "not_an_execute_action")
    return Tapped(
        verb=_word(action.get("verb")),
        data=_object(action.get("data", {})),
        card_id=inbound.reply_to_id,
        automatic=value.get("trigger") == "automatic",
    )


def _search(value: Mapping[str, Any]) -> Typed:
    options = _object(value.get("queryOptions", {}))
    most = options.get("top", MOST_CHOICES)
    return Typed(
        query=_word(value.get("queryText", "")),
        dataset=_word(value.get("dataset", "")),
        data=_object(value.get("data", {})),
        most=min(most, MOST_CHOICES) if isinstance(most, int) and most > 0 else MOST_CHOICES,
    )


def _shared(inbound: Inbound, value: Mapping[str, Any]) -> Shared:
    if value.get("commandId") != MESSAGE_ACTION:
        raise Refused(400, "unknown_command")
    payload = _object(value.get("messagePayload", {}))
    author = _object(_object(payload.get("from") or {}).get("user") or {})
    submitted = inbound.name == "composeExtension/submitAction"
    return Shared(
        author_id=_word(author.get("id", "")) or None,
        author_name=plain_name(_word(author.get("displayName", ""))),
        data=_object(value.get("data", {})) if submitted else None,
    )


def _file_answered(inbound: Inbound, value: Mapping[str, Any]) -> FileAnswered:
    place = None
    if value.get("action") == "accept":
        info = _object(value.get("uploadInfo"))
        place = UploadPlace(
            upload_url=_word(info.get("uploadUrl")),
            content_url=_word(info.get("contentUrl")),
            name=plain_name(_word(info.get("name", ""))),
            unique_id=_word(info.get("uniqueId", "")),
            file_type=_word(info.get("fileType", "")),
        )
    context = _object(value.get("context") or {})
    return FileAnswered(context=context, place=place, card_id=inbound.reply_to_id)


def _conversation_update(inbound: Inbound) -> Content | None:
    bot = inbound.recipient.id
    if inbound.channel_data.event_type in TEAM_GONE or bot in _ids(inbound.members_removed):
        return Uninstalled()
    if inbound.channel_data.event_type == RENAMED:
        return Renamed()
    added = _people(inbound.members_added, bot)
    removed = _people(inbound.members_removed, bot)
    if added or removed or inbound.channel_data.event_type in OTHERS_READ:
        return RosterChanged(added=added, removed=removed)
    return None


def _ids(accounts: tuple[Account, ...]) -> frozenset[str]:
    return frozenset(account.id for account in accounts)


def _people(accounts: tuple[Account, ...], bot: str) -> tuple[str, ...]:
    return tuple(a.aad_object_id or a.id for a in accounts if a.id != bot)


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Refused(400, "value_not_an_object")
    return value


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise Refused(400, "value_not_a_text")
    return value


def invoke_answer(content: Content, reply: Reply) -> dict[str, Any]:
    """Return the body that answers an invoke: a card in place, a text strip, suggestions, a dialog."""
    match content:
        case Typed():
            return _suggestions(reply)
        case Shared():
            return _dialog(reply)
        case FileAnswered():
            return {}
    if reply.card is not None:
        return {"statusCode": 200, "type": ADAPTIVE_CARD, "value": reply.card}
    return {"statusCode": 200, "type": MESSAGE_ANSWER, "value": reply.text or ""}


def _suggestions(reply: Reply) -> dict[str, Any]:
    results = [{"title": c.title, "value": c.value} for c in reply.choices[:MOST_CHOICES]]
    return {"statusCode": 200, "type": SEARCH_ANSWER, "value": {"results": results}}


def _dialog(reply: Reply) -> dict[str, Any]:
    if reply.card is not None:
        card = {"contentType": ADAPTIVE_CARD, "content": reply.card}
        return {"task": {"type": "continue", "value": {"title": "Aside", "card": card}}}
    return {"task": {"type": "message", "value": reply.text}} if reply.text else {}
