"""A notice as a mail: plain text in the reader's language, with the headers that automatic mail should have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, Policy
from typing import Final, Literal, Self

from tenants.mail_addresses import display, on_the_wire
from tenants.notices.facts import fill
from tenants.notices.template import CATEGORIES, NoticeTemplate
from tenants.text import Language, Text

Security = Literal["starttls", "tls", "none"]
SENDER_NAME: Final = Text("Hojo（ホジョ）", "Hojo")
PREFERENCES: Final = "/account/notices"


@dataclass(frozen=True, slots=True)
class PostOffice:
    """How mails leave. site: the address links begin with. host: empty when no mail server is set.

    sender: the address in From; bounces: where mails come back to.
    """

    site: str
    sender: str
    bounces: str
    host: str = ""
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 20.0

    @property
    def domain(self) -> str:
        """The sender's host: what message ids end with, and the name we give ourselves."""
        return on_the_wire(self.sender).rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Words:
    """A notice in one language."""

    subject: str
    body: str


def words_for(
    template: NoticeTemplate,
    facts: Mapping[str, Mapping[str, str]],
    link: str,
    *,
    language: Language,
    name: str,
    office: PostOffice,
) -> Words:
    """Subject and body of the mail: what happened, what to do by when, the link, and why it comes."""

    def said(text: Text) -> str:
        return fill(text, facts).in_language(language)

    greeting = Text(f"{display(name)} 様", f"Dear {display(name)},").in_language(language) if name else ""
    parts = [
        greeting,
        said(template.body),
        said(template.by_mail) if template.by_mail else "",
        said(template.todo),
        f"{template.action.in_language(language)}:\n{office.site}{link}",
        f"-- \n{_why(template, office).in_language(language)}",
    ]
    return Words(said(template.subject), "\n\n".join(filter(None, parts)) + "\n")


def _why(template: NoticeTemplate, office: PostOffice) -> Text:
    category = CATEGORIES[template.category]
    automatic = Text(
        f"このメールは {SENDER_NAME.ja} から自動でお送りしています。返信はお受けできません。",
        f"{SENDER_NAME.en} sent this mail automatically. Replies are not read.",
    )
    if category.required:
        return Text(f"{automatic.ja}\n{category.required.ja}", f"{automatic.en}\n{category.required.en}")
    address = f"{office.site}{PREFERENCES}"
    return Text(
        f"{automatic.ja}\nメールで受け取るお知らせは、こちらで選べます: {address}",
        f"{automatic.en}\nChoose which notices come by mail: {address}",
    )


def compose(
    office: PostOffice,
    *,
    address: str,
    name: str,
    language: Language,
    category: str,
    subject: str,
    body: str,
    message_id: str,
    sent_at: datetime,
    stop_link: str | None = None,
) -> EmailMessage:
    """The mail as it goes out; ValueError when a header cannot be written (it would break into two).

    stop_link: the path that stops such mails when a mail program posts to it (RFC 8058). None: the page of
    preferences is named instead.
    """
    mail = EmailMessage(policy=SMTP)
    mail.set_content(body, charset="utf-8")  # first, for it clears what begins with Content-
    mail["From"] = _mailbox(SENDER_NAME.in_language(language), office.sender)
    mail["To"] = _mailbox(display(name), address)
    mail["Subject"] = subject
    mail["Date"] = sent_at
    mail["Message-ID"] = message_id
    mail["Content-Language"] = language
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies, please
    mail["X-Auto-Response-Suppress"] = "All"
    if CATEGORIES[category].required is None:
        mail["List-Unsubscribe"] = _Unbroken(f"<{office.site}{stop_link or PREFERENCES}>", "List-Unsubscribe")
    if stop_link:
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return mail


class _Unbroken(str):
    """A header of one long word. The email package would write it as an encoded word, which is no address."""

    name: str

    def __new__(cls, value: str, name: str) -> Self:
        """ValueError for what is not one word of ASCII: it could begin another header."""
        if not (value.isascii() and value.isprintable()) or " " in value:
            raise ValueError(name)
        made = super().__new__(cls, value)
        made.name = name
        return made

    def fold(self, *, policy: Policy) -> str:
        """As it is, on one line."""
        return f"{self.name}: {self}{policy.linesep}"


def _mailbox(name: str, address: str) -> Address:
    local, _, host = on_the_wire(address).rpartition("@")
    return Address(name, local, host)
