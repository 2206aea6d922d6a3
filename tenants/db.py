"""The database session: every transaction knows who acts, every use case is one transaction."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Executable,
    MetaData,
    Uuid,
    and_,
    event,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, SessionTransaction
from sqlalchemy.orm.exc import StaleDataError

from tenants import actor as actors
from tenants.errors import Conflict, DomainError, OnlyLooking

P = ParamSpec("P")
R = TypeVar("R")


class _Base(DeclarativeBase):
    """All tables; constraints are named so that a violation can become a typed error."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=_Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:
    Base = _Base
else:
    Base = db.Model

Base.registry.update_type_annotation_map(
    {
        uuid.UUID: Uuid(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(none_as_null=True),
        list[dict[str, Any]]: JSONB(none_as_null=True),
    }
)

_TELL_DATABASE = text(
    "SELECT set_config('app.audience', :audience, true),"
    " set_config('app.organisation_id', :organisation, true),"
    " set_config('app.person_id', :person, true),"
    " set_config('app.support', :support, true),"
    " set_config('app.shown_token', :token, true),"
    " set_config('app.shown_provider', :provider, true),"
    " set_config('app.shown_subject', :subject, true),"
    " set_config('role', :role, true)"
)
# The secretariat and the system see all rows of the long lists, by the policies of a role of their own (migration
# 0013): nobody then pays for being asked, row by row, who they are.
_OFFICE_ROLE = "hojo_office"
_OFFICE = ("secretariat", "system")
_ONLY_LOOK = text("SET TRANSACTION READ ONLY")


@event.listens_for(Session, "after_begin")
def _tell_database_who_acts(_: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """Row-level security reads these; local to the transaction, so the pool can never leak them."""
    if transaction.nested:
        return
    who = actors.current()
    tell_database(connection, who)
    if who.support is not None:
        connection.execute(_ONLY_LOOK)


def rows(statement: Executable, parameters: Mapping[str, Any]) -> Sequence[Any]:
    """The plain rows of a statement that every page asks: what is done for objects beside takes as long as the asking."""
    db.session.flush()  # what was changed and not written yet counts, as for every query
    return db.session.connection().execute(statement, parameters).all()


def tell_database(connection: Connection, who: actors.Actor) -> None:
    """From here to the transaction's end, row-level security takes this actor for the one who acts."""
    connection.execute(
        _TELL_DATABASE,
        {
            "audience": who.audience,
            "organisation": str(who.organisation_id or ""),
            "person": str(who.person_id or ""),
            "support": str(who.support or ""),
            "token": who.shown.token_hash,
            "provider": who.shown.provider,
            "subject": who.shown.subject,
            "role": _OFFICE_ROLE if who.audience in _OFFICE else "none",
        },
    )


def is_own(
    column: InstrumentedAttribute[uuid.UUID] | InstrumentedAttribute[uuid.UUID | None],
) -> ColumnElement[bool]:
    """Whether a row belongs to the organisation acted for: in the very words of the policies of long lists, which
    then cost nothing beside it (migration 0027). That the database was told the same organisation is asked beside it,
    once for the statement, so what the services ask does not rest on the setting alone. NotPermitted for those who act
    for no organisation.
    """
    told = func.own_organisation(type_=Uuid())
    return and_(column == told, told == actors.current().own_organisation)


_CONSTRAINTS: dict[str, Callable[[], DomainError]] = {}


def constraint(name: str, error: Callable[[], DomainError]) -> None:
    """Say which typed error a violation of this named constraint means."""
    _CONSTRAINTS[name] = error


def typed(error: IntegrityError) -> Exception:
    """The typed error for a violated constraint; the error itself when nobody named it."""
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    known = _CONSTRAINTS.get(name or "")
    return known() if known else error


def use_case(function: Callable[P, R]) -> Callable[P, R]:
    """One use case, one transaction: commit when it returns, roll all back when it raises.

    A use case called by another joins the outer one's transaction. Raises OnlyLooking for those who may not change
    anything.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        session = db.session()
        if session.info.get("use_case"):
            return function(*args, **kwargs)
        if actors.current().support is not None:
            raise OnlyLooking
        session.info["use_case"] = function.__name__
        try:
            result = function(*args, **kwargs)
            session.commit()
        except IntegrityError as error:
            session.rollback()
            raise typed(error) from error
        except StaleDataError as error:
            session.rollback()
            raise Conflict from error
        except BaseException:
            session.rollback()
            raise
        else:
            return result
        finally:
            session.info.pop("use_case", None)

    return run


@contextmanager
def act_as(actor: actors.Actor) -> Iterator[actors.Actor]:
    """Everything inside is done by this actor, in transactions of its own.

    What was only read before is let go, so the database is told anew who acts; unwritten changes are an error.
    """
    _end_reading()
    with actors.acting_as(actor):
        try:
            yield actor
        finally:
            _end_reading()


def _end_reading() -> None:
    session = db.session()
    if session.info.get("use_case"):
        raise RuntimeError("the actor cannot change inside a use case")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("unwritten changes were left behind")
    session.rollback()
