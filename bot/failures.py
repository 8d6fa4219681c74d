"""What a failed command says: one sentence that tells what was wrong and what to do."""

from bot.channel.trust import ChannelMisconfigured
from bot.settings import SettingsError
from scheduling.ports.wfm import WfmError
from scheduling.storage.copying import CopyRefused
from scheduling.storage.erasure import NotErasable
from scheduling.storage.migrate import WrongSchema
from scheduling.storage.people import AlreadyBound, NotKnown
from scheduling.storage.trouble import StoreUnavailable
from scheduling.workflows.locks import DatabaseInUse


class DemoFailed(Exception):
    """The demo cannot go on; the message says why and what to do."""


SAID = (
    SettingsError,
    ChannelMisconfigured,
    DatabaseInUse,
    StoreUnavailable,
    WrongSchema,
    CopyRefused,
    WfmError,
    AlreadyBound,
    NotKnown,
    NotErasable,
    DemoFailed,
)


def in_words(error: BaseException) -> str | None:
    """Return the sentence for an error that people can mend, or None for one of ours."""
    if isinstance(error, ChannelMisconfigured):
        return (
            f"{error}\nThe settings: ASIDE_BOT__APP_ID, ASIDE_BOT__TENANT_ID,"
            " ASIDE_DEVELOPMENT, ASIDE_HOST"
        )
    if isinstance(error, SAID):
        return str(error)
    if isinstance(error, OSError) and error.errno in (98, 48):
        return f"something else listens there already ({error.strerror}): stop it, or use --port"
    return None
