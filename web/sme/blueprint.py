"""The businesses' blueprint; route modules import it and hang their pages on it."""

from flask import Blueprint

blueprint = Blueprint("sme", __name__, url_prefix="/my")
