"""The secretariat's import pages: vendors, products and packages of all."""

from tenants.permissions import Permission
from web import imports
from web.secretariat.blueprint import blueprint

imports.install(
    blueprint, Permission.IMPORT_CATALOGUE, Permission.VIEW_SECRETARIAT, ("vendors", "products", "packages")
)
