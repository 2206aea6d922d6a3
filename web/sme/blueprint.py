"""The businesses' blueprint; route modules import it and hang their pages on it."""

from flask import Blueprint

from web.public.blueprint import call_centre, read_today

blueprint = Blueprint("sme", __name__, url_prefix="/my")
blueprint.before_request(read_today)
blueprint.context_processor(call_centre)
