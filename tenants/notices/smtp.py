"""The line to the mail server: one connection for many mails, and what its answers mean."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final, Literal, Self

from tenants.mail_addresses import on_the_wire
from tenants.notices.message import PostOffice

Kind = Literal["sent", "later", "refused", "failed", "unreachable"]
_LONGEST: Final = 300
_STATUS: Final = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# RFC 3463, permanent: no such address or host (5.1.x), mailbox gone (5.2.1). Others, such as a policy (5.7.x) or a
# full mailbox (5.2.2), are not the address's fault.
_ADDRESS_SUBJECT: Final = "1"
_NOT_THE_ADDRESS: Final = frozenset({421, 530, 534, 535, 538, 552, 554})


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one attempt.

    later: try again. refused: the address does not exist. failed: this mail will never go. unreachable: the server
    cannot be used now, no mail goes. words: what the server said, without secrets.
    """

    kind: Kind
    words: str = ""


def blames_address(code: int, words: str) -> bool:
    """Whether a refusal of the recipient says that the address itself does not work, for good."""
    if not 500 <= code <= 599:
        return False
    status = _STATUS.search(words)
    if status is None:
        return code not in _NOT_THE_ADDRESS
    _, subject, detail = status.groups()
    return subject == _ADDRESS_SUBJECT or (subject, detail) == ("2", "1")


class Line:
    """A connection, opened when the first mail goes and closed at the end."""

    def __init__(self, office: PostOffice) -> None:
        self.office = office
        self._open: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye, if there is still somebody."""
        if self._open is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._open.quit()
            self._open = None

    def send(self, mail: EmailMessage, address: str) -> Answer:
        """One attempt."""
        try:
            server = self._open or self._connect()
        except smtplib.SMTPAuthenticationError as error:
            # What a server says here may repeat what we said.
            return Answer("unreachable", f"{error.smtp_code} login refused")
        except smtplib.SMTPResponseException as error:
            return Answer("unreachable", _said(error.smtp_code, error.smtp_error))
        except (OSError, smtplib.SMTPException) as error:
            return Answer("unreachable", _flat(f"{type(error).__name__}: {error}"))
        try:
            server.send_message(mail, self.office.bounces, [on_the_wire(address)])
        except smtplib.SMTPRecipientsRefused as error:
            return _recipient(*next(iter(error.recipients.values())))
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            return _later_or_failed(error.smtp_code, _said(error.smtp_code, error.smtp_error))
        except smtplib.SMTPNotSupportedError:
            return Answer("failed", "the mail server does not take addresses outside ASCII")
        except (OSError, smtplib.SMTPException) as error:
            # The connection broke in the middle: whether the mail went is not known, so it is sent again.
            server.close()
            return Answer("later", _flat(f"{type(error).__name__}: {error}"))
        finally:
            if server.sock is None:  # it hung up (421 closes too): the next mail opens a new connection
                self._open = None
        return Answer("sent")

    def _connect(self) -> smtplib.SMTP:
        office = self.office
        us = office.domain
        if office.security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                office.host, office.port, us, timeout=office.timeout, context=context
            )
        else:
            server = smtplib.SMTP(office.host, office.port, us, timeout=office.timeout)
        try:
            if office.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if office.user:
                server.login(office.user, office.password)
        except BaseException:
            server.close()
            raise
        self._open = server
        return server


def _recipient(code: int, words: bytes | str) -> Answer:
    said = _said(code, words)
    if blames_address(code, said):
        return Answer("refused", said)
    return _later_or_failed(code, said)


def _later_or_failed(code: int, said: str) -> Answer:
    # 421 means "I am closing", whatever it answers to; 5xx is final, all else is worth another attempt.
    return Answer("failed" if 500 <= code <= 599 else "later", said)


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return _flat(f"{code} {text}")


def _flat(words: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:_LONGEST]
