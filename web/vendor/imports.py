"""The vendor's import pages: its own products and packages."""

from tenants.permissions import Permission
from web import imports
from web.vendor.blueprint import blueprint

imports.install(blueprint, Permission.EDIT_LISTINGS, Permission.EDIT_LISTINGS, ("products", "packages"))
