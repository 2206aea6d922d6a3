"""What every engine marks of the texts in which it found something."""

from __future__ import annotations

from search_samples import a_document, ask, fill, random_documents


class TestHighlights:
    def marked(self, engine, query):
        hit = ask(engine, query, highlight=True).hits[0]
        return {h.field: [text for text, matched in h.pieces if matched] for h in hit.highlights}

    def test_exact_in_the_original_text(self, engine):
        fill(
            engine,
            a_document(
                "A", name="安いﾚｼﾞ", description="レジと「サーバー」のＰＯＳレジ", products=("棚", "れじ袋")
            ),
        )
        assert self.marked(engine, "レジ") == {
            "name": ["ﾚｼﾞ"],
            "description": ["レジ", "レジ"],
            "products": ["れじ"],
        }
        assert self.marked(engine, "posレジ サーバ")["description"] == ["サーバ", "ＰＯＳレジ"]
        assert self.marked(engine, "ｻｰﾊﾞｰ")["description"] == ["サーバー"]

    def test_by_reading_whole_words_are_marked(self, engine):
        fill(engine, a_document("A", name="クラウド勤怠管理"))
        assert self.marked(engine, "きんたい") == {"name": ["勤怠"]}

    def test_looser_stages_mark_what_is_there(self, engine):
        fill(engine, a_document("A", name="コールセンター", description="電話を減らす"))
        assert self.marked(engine, "コールセター") == {"name": ["コールセ"]}
        assert self.marked(engine, "電話の予約で手が離せない") == {"description": ["電話"]}

    def test_what_is_no_text_of_the_listing_is_marked_where_it_is_why_it_was_found(self, engine):
        number = "7000000000019"
        fill(
            engine,
            a_document("PKG-7", name="会計", prefecture="京都府", vendor_number=number, vendor_name="みほん商店"),
        )
        assert self.marked(engine, "京都") == {"prefecture": ["京都"]}
        assert self.marked(engine, "きょうと") == {"prefecture": ["京都"]}
        assert self.marked(engine, "京都 会計") == {"name": ["会計"], "prefecture": ["京都"]}
        assert self.marked(engine, number) == {"vendor_number": [number]}
        assert self.marked(engine, "ｐｋｇ－７") == {"code": ["PKG-7"]}

    def test_a_number_is_not_marked_by_its_sound(self, engine):
        fill(engine, a_document("A", name="窓口", name_kana="ななれい", vendor_number="7000000000019"))
        assert self.marked(engine, "ななれい") == {}

    def test_pieces_together_are_the_text(self, engine):
        documents = {d.id: d for d in random_documents(60, seed=3)}
        fill(engine, *documents.values())
        for query in ("会計", "きゅうよ", "ｸﾚｼﾞ", "計"):
            for hit in ask(engine, query, highlight=True, per_page=100).hits:
                assert hit.highlights
                for mark in hit.highlights:
                    value = getattr(documents[hit.id], "id" if mark.field == "code" else mark.field)
                    whole = "".join(text for text, _ in mark.pieces)
                    assert whole == value or whole in value
                    assert any(matched for _, matched in mark.pieces)
