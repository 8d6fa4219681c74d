"""The directory accounts and chats of everybody in a run."""

from scheduling.domain.people import Actor

TENANT = "chaos"


def actor(person_id: str) -> Actor:
    """Return the account that is bound to a person."""
    return Actor(object_id=account_of(person_id), tenant_id=TENANT, name=person_id)


def account_of(person_id: str) -> str:
    """Return the directory account of a person."""
    return f"oid-{person_id}"


def chat_of(person_id: str) -> str:
    """Return a person's chat with Aside."""
    return f"chat-{person_id}"
