"""The API beside the pages: read models and commands."""

from fastapi import APIRouter

router = APIRouter(prefix="/api", tags=["read models"])
