"""Sending one mail, with the mail server's refusals in one error of ours."""

from email.message import EmailMessage

import aiosmtplib

from graph.itip.settings import Encryption, MailSettings
from scheduling.ports.calendar import (
    CalendarAuthFailed,
    CalendarRejected,
    CalendarUnavailable,
)

PERMANENT = 500


async def send(mail: EmailMessage, settings: MailSettings) -> None:
    """Hand ``mail`` to the server.

    CalendarAuthFailed, CalendarRejected (the server will never take it, or not for everyone) or
    CalendarUnavailable.
    """
    try:
        refused, _ = await aiosmtplib.send(
            mail,
            hostname=settings.host,
            port=settings.port,
            username=settings.username,
            password=settings.password,
            use_tls=settings.encryption is Encryption.TLS,
            start_tls=settings.encryption is Encryption.STARTTLS,
            timeout=settings.timeout,
        )
    except aiosmtplib.SMTPAuthenticationError as error:
        raise CalendarAuthFailed("the mail server refused our sign-in") from error
    except aiosmtplib.SMTPRecipientsRefused as error:
        raise _refused([each.code for each in error.recipients]) from error
    except aiosmtplib.SMTPResponseException as error:
        raise _refused([error.code]) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise CalendarUnavailable(
            f"the mail server gave no usable answer ({error!r:.60})"
        ) from error
    if refused:
        raise _refused([answer.code for answer in refused.values()])


def _refused(codes: list[int]) -> CalendarRejected | CalendarUnavailable:
    if all(code >= PERMANENT for code in codes):
        return CalendarRejected(f"the mail server refuses {len(codes)} of the mail ({codes[0]})")
    return CalendarUnavailable(f"the mail server cannot take the mail now ({codes[0]})")
