"""What is wrong with the search index, and what to do about it, for those who run it."""

from __future__ import annotations

from typing import Final

import click

from search.port import EngineUnavailable
from tenants.text import Text
from web import console
from web.commands.output import say

_BUILT_ANEW: Final = Text(
    "hojo worker が1分ほどで作り直します。すぐに作るには hojo search rebuild を実行してください。",
    "hojo worker builds it anew within a minute or so; hojo search rebuild does it now.",
)
_NO_ANSWER: Final = Text(
    "Meilisearch のサーバーが応答しません。サーバーが動いているか、MEILISEARCH_URL のアドレスで合っているかを確かめてください。",
    "The Meilisearch server does not answer. Is it running, and is its address that of MEILISEARCH_URL?",
)
_ANOTHER_SERVER: Final = Text(
    "MEILISEARCH_URL で応答しているものは、Meilisearch ではないか、古い版です。1.15 以降の Meilisearch のアドレスにしてください。",
    "What answers at MEILISEARCH_URL is no Meilisearch, or too old a one. Set it to a Meilisearch of 1.15 or newer.",
)
_REMEDIES: Final = {
    "index_full": Text(
        "索引を置くディスクに空きがありません。空きを作れば、あとは hojo worker が続けます。",
        "The disk it lies on is full. Make room; hojo worker then goes on by itself.",
    ),
    "index_not_writable": Text(
        "索引のフォルダーに書き込めません。ディスクが読み取り専用になっていないか、フォルダーの持ち主と権限を確かめてください。"
        "直れば、あとは hojo worker が続けます。",
        "Its folder cannot be written: is the disk read-only, are owner and rights of the folder right? "
        "Once they are, hojo worker goes on by itself.",
    ),
    "index_busy": Text(
        "ほかのプロセスが索引を作り直しているか、書き込んでいます。終わってからもう一度実行してください。",
        "Another process is building or writing it. Try again when that has finished.",
    ),
    "rebuild_refused": Text(
        "載せられないITツールが多すぎるため、作り直しをやめました。今までの索引を使いつづけます。理由は上に出ています。",
        "Too many packages were refused, so the index in use stays. Why is said above.",
    ),
    "engine_down": _NO_ANSWER,
    "engine_slow": _NO_ANSWER,
    "engine_refuses": Text(
        "Meilisearch が鍵を受け付けません。MEILISEARCH_KEY を確かめてください。",
        "The Meilisearch server does not accept the key. Set MEILISEARCH_KEY to one that may do what Hojo does.",
    ),
    "engine_broken": _ANOTHER_SERVER,
    "engine_misunderstands": _ANOTHER_SERVER,
    "engine_failed": Text(
        "Meilisearch が作業に失敗しました。多くはサーバーのディスクの空き不足です。サーバーの記録を見てください。",
        "The Meilisearch server failed at it, most often for want of room on its disk. Look at its log.",
    ),
    "task_lost": Text(
        "Meilisearch が作業を途中でやめました。もう一度実行してください。",
        "The Meilisearch server dropped the task. Try again.",
    ),
}


def cannot_be_used(error: EngineUnavailable) -> click.ClickException:
    """The error that ends a command, with what to do."""
    remedy = _REMEDIES.get(error.code, _BUILT_ANEW).in_language(console.language())
    return click.ClickException(
        say(
            f"検索の索引を使えません（{error.code}）。{remedy}",
            f"The search index cannot be used ({error.code}). {remedy}",
        )
    )
