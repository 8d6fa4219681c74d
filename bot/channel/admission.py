"""May this activity come in? What the token does not vouch for is checked field by field."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from bot.channel.refusals import Refused
from bot.channel.trust import Trust

OLDEST = timedelta(minutes=15)
EARLIEST = timedelta(minutes=5)
BEARS_AUTHORITY = frozenset({"message", "invoke"})

Id = Annotated[str, Field(min_length=1, max_length=1024)]
Word = Annotated[str, Field(max_length=256)]


class _Payload(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel)


class Account(_Payload):
    """A person or bot as Teams names it."""

    id: Id
    name: str | None = None
    aad_object_id: Word | None = None
    role: Word | None = None
    user_role: Word | None = None
    tenant_id: Word | None = None


class Chat(_Payload):
    """The conversation's own part of an activity."""

    id: Id
    conversation_type: Word | None = None
    tenant_id: Word | None = None


class Named(_Payload):
    """An id, and perhaps a name: a tenant, team or channel."""

    id: Word | None = None
    name: Word | None = None
    aad_group_id: Word | None = None


class ChannelData(_Payload):
    """What Teams adds to the Bot Framework's activity."""

    tenant: Named | None = None
    team: Named | None = None
    channel: Named | None = None
    event_type: Word | None = None


class Mention(_Payload):
    """An entity of a message; only mentions have both parts."""

    type: Word | None = None
    text: str | None = None
    mentioned: Named | None = None


class Inbound(_Payload):
    """The parts of an activity that the edge reads, with their types made sure of."""

    type: Word
    id: Id
    channel_id: Word
    service_url: Id
    timestamp: AwareDatetime
    sender: Account = Field(alias="from")
    recipient: Account
    conversation: Chat
    channel_data: ChannelData = ChannelData()
    entities: tuple[Mention, ...] = ()
    members_added: tuple[Account, ...] = ()
    members_removed: tuple[Account, ...] = ()
    name: Word | None = None
    action: Word | None = None
    text: str | None = None
    reply_to_id: Id | None = None
    locale: Word | None = None
    value: Any = None


def read_activity(document: dict[str, Any]) -> Inbound:
    """Return the activity in a JSON object; raise Refused(400) where a part is missing or odd."""
    filled = {key: value for key, value in document.items() if value is not None}
    try:
        return Inbound.model_validate(filled)
    except ValidationError as error:
        where = ".".join(map(str, error.errors(include_input=False)[0]["loc"][:2]))
        raise Refused(400, f"activity_field_{where}"[:80]) from error


def admit(inbound: Inbound, trust: Trust, now: datetime) -> None:
    """Raise Refused(403) unless the activity is Teams', recent, from our tenant, for our bot.

    Lifecycle events may lack the sender's directory id and carry no authority; messages and
    invokes must have it. Guests, bots and people of other tenants are refused.
    """
    if inbound.channel_id != "msteams":
        raise Refused(403, "not_teams")
    if not trust.admits_service(inbound.service_url):
        raise Refused(403, "foreign_service_url")
    if not trust.is_bot(inbound.recipient.id):
        raise Refused(403, "for_another_bot")
    if not now - OLDEST <= inbound.timestamp <= now + EARLIEST:
        raise Refused(403, "outside_time_window")
    _admit_sender(inbound, trust)


def _admit_sender(inbound: Inbound, trust: Trust) -> None:
    tenant = inbound.channel_data.tenant and inbound.channel_data.tenant.id
    others = {inbound.conversation.tenant_id, inbound.sender.tenant_id} - {None, tenant}
    if not tenant or others or trust.tenant_id not in {None, tenant}:
        raise Refused(403, "foreign_tenant")
    if inbound.type in BEARS_AUTHORITY and not inbound.sender.aad_object_id:
        raise Refused(403, "no_directory_identity")
    if {inbound.sender.role, inbound.sender.user_role} & {"guest", "anonymous", "bot", "skill"}:
        raise Refused(403, "not_a_member")
