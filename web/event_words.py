"""The audit trail's events and facts in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from catalogue.listing_detail import LISTING_EVENTS
from marketplace.applications.lifecycle import STEP_DONE
from marketplace.enquiries.lifecycle import STEP_DONE as ENQUIRY_DONE
from marketplace.master_overview import KINDS as MASTERS
from marketplace.quotes.lifecycle import STEP_DONE as QUOTE_DONE
from marketplace.registration.lifecycle import STEP_DONE as REGISTRATION_DONE
from tenants.audit_queries import Event
from tenants.text import Text, same

EVENTS: Final[Mapping[str, Text]] = {
    "signed_in": Text("ログインした", "Signed in"),
    "person_forgotten": Text("個人の名前を記録から消した", "A person's name was erased from the trail"),
    "signed_out": Text("ログアウトした", "Signed out"),
    "organisation_switched": Text("操作する組織を切り替えた", "Switched to another organisation"),
    "signed_in_again": Text("もう一度ログインして本人確認をした", "Signed in afresh"),
    "identity_linked": Text("ログイン方法を追加した", "A way to sign in was added"),
    "identity_unlinked": Text("ログイン方法を外した", "A way to sign in was taken off"),
    "session_ended": Text("ほかの端末のログインを終わらせた", "Ended another session"),
    "other_sessions_ended": Text("ほかのすべての端末のログインを終わらせた", "Ended all other sessions"),
    "mirasapo_id_stated": Text("ミラサポIDが登録された", "A Mirasapo id was given"),
    "catalogue_imported": Text("ファイルを取り込んだ", "Files were loaded"),
    "business_registered": Text("事業者が登録された", "A business was registered"),
    "master_loaded": Text("マスタの新しい版を読み込んだ", "A new version of master data was loaded"),
    "scheme_draft_made": Text("補助制度の変更案を作った", "A new version of a scheme was drafted"),
    "scheme_draft_deleted": Text("補助制度の変更案を削除した", "A draft of a scheme was deleted"),
    "scheme_in_use_decided": Text("使う補助制度を決めた", "The scheme in use was decided"),
    "scheme_draft_compared": Text(
        "補助制度の変更案の影響を計算した", "What a scheme's draft would change was reckoned"
    ),
    "scheme_changed": Text("補助制度の新しい版を決めた", "A scheme's new version was decided"),
    "profile_saved": Text("事業者の情報が保存された", "A business's facts were saved"),
    "organisation_created": Text("組織が登録された", "An organisation was registered"),
    "organisation_edited": Text("組織の情報が変更された", "An organisation's facts were changed"),
    "duplicate_settled": Text("重複かどうかを確かめた", "A suspected duplicate was settled"),
    "duplicate_reopened": Text(
        "重複かどうかの確認の結果を取り消した", "What was found of a suspected duplicate was taken back"
    ),
    "organisation_closed": Text("重複していた登録を閉じた", "A second account was closed"),
    "member_invited": Text("メンバーを招待した", "Somebody was invited"),
    "invitation_resent": Text("招待をもう一度送った", "An invitation was sent again"),
    "invitation_revoked": Text("招待を取り消した", "An invitation was taken back"),
    "invitation_accepted": Text("招待を受けて参加した", "An invitation was accepted"),
    "member_roles_changed": Text("メンバーの役割を変えた", "A member's roles were changed"),
    "member_removed": Text("メンバーから外した", "A member was removed"),
    "member_left": Text("メンバーが抜けた", "A member left"),
    "support_view_opened": Text("サポート閲覧を始めた", "A support view was opened"),
    "support_view_closed": Text("サポート閲覧が終わった", "A support view ended"),
    "benchmark_catalogue_generated": Text("試験用のカタログを作成した", "A catalogue for measuring was generated"),
    "demo_catalogue_generated": Text("デモのカタログを作成した", "The demo's catalogue was generated"),
    "demo_people_loaded": Text("デモの人と組織を用意した", "The demo's people were loaded"),
    "demo_applications_made": Text("デモの交付申請を用意した", "The demo's applications were made"),
    "vendor_founded": Text("登録を申請する事業者が登録された", "A vendor that applies was founded"),
    "registration_section_saved": Text("登録申請の項目を保存した", "A section of a registration was saved"),
    "registration_section_confirmed": Text(
        "更新で、項目が前回と同じと確認した", "A section of a renewal was confirmed as unchanged"
    ),
    "registration_paper_attached": Text("登録申請に書類を添付した", "A paper was attached to a registration"),
    "registration_paper_removed": Text("登録申請から書類を外した", "A paper was taken off a registration"),
    "file_found_infected": Text("添付ファイルにウイルスが見つかった", "A virus was found in a file"),
    "demo_briefings_made": Text("デモの説明会を用意した", "The demo's briefings were made"),
    "demo_renewals_made": Text("デモの登録の更新を用意した", "The demo's renewals were made"),
    "demo_registrations_made": Text("デモの登録申請を用意した", "The demo's registrations were made"),
    "notice_preferences_saved": Text("通知の受け取り方を変えた", "How notices are received was changed"),
    "mail_address_confirmed": Text("メールの宛先への送信を再開した", "Mail to an address goes on"),
    "mail_address_stopped": Text(
        "届かない宛先へのメールを止めた", "Mail to an address that takes none was stopped"
    ),
    "mails_tried_again": Text("送れなかったメールを送り直した", "Failed mails were tried again"),
    "index_tried_again": Text(
        "検索の索引に載せられなかったものを試し直した", "What the index refused was tried again"
    ),
    "vendor_adopted": Text("事業者の登録が有効になった", "A vendor's registration is in force"),
    "vendor_suspended": Text("事業者の登録を停止した", "A vendor was suspended"),
    "vendor_revoked": Text("事業者の登録を取り消した", "A vendor's registration was revoked"),
    "vendor_expired": Text("事業者の登録の有効期間が終わった", "A vendor's registration expired"),
    "vendor_reinstated": Text("事業者の登録の停止を解除した", "A vendor was reinstated"),
    "application_flagged": Text(
        "事業者の登録が有効でないため、交付申請を止めた", "An application was stopped with its vendor"
    ),
    "application_halted": Text(
        "ベンダーと申請者が同じ事業者とわかり、交付申請を止めた",
        "An application was stopped: vendor and applicant are one business",
    ),
    "application_freed": Text(
        "ベンダーと申請者は同じ事業者でないとわかり、交付申請を再開した",
        "An application can go on: vendor and applicant are not one business",
    ),
    "application_resumed": Text("止めていた交付申請を再開した", "A stopped application can go on"),
    "renewal_reminded": Text("登録の更新を知らせた", "A vendor was reminded to renew"),
    "registration_adoption_published": Text("採択を公表した", "An adoption was published"),
    "committee_assigned": Text("審査委員を割り当てた", "Committee members were assigned"),
    "committee_released": Text("審査委員の担当を解除した", "A member's assignment was taken back"),
    "committee_conflict_declared": Text("委員が利益相反を申告した", "A member declared a conflict of interest"),
    "committee_no_conflict_declared": Text(
        "委員が利益相反のないことを申告した", "A member declared no conflict of interest"
    ),
    "committee_score_saved": Text("委員が採点を保存した", "A member saved a mark"),
    "committee_scores_submitted": Text("委員が採点を提出した", "A member handed in the marks"),
    "committee_scores_shown": Text("採点がそろい、表示された", "All marks are in and shown"),
    "committee_score_revised": Text("委員が評点を見直した", "A member revised a mark"),
    "committee_remark_made": Text("審査の議論に意見が書かれた", "Something was said in a review's discussion"),
    "committee_relation_declared": Text("委員が関係先を届け出た", "A member declared a relation"),
    "committee_relation_removed": Text("委員が関係先を外した", "A member took a relation off"),
    "application_started": Text("交付申請を始めた", "An application was started"),
    "shortlist_added": Text("「あとで検討」に入れた", "A package was put on the shortlist"),
    "shortlist_noted": Text("「あとで検討」のメモを書いた", "A note on the shortlist was written"),
    "shortlist_moved": Text("「あとで検討」の順番を変えた", "The shortlist's order was changed"),
    "shortlist_removed": Text("「あとで検討」から外した", "A package was taken off the shortlist"),
    "shortlist_renewed": Text("「あとで検討」の新しい版を確かめた", "A new version on the shortlist was seen"),
    "saved_search_added": Text("検索を保存した", "A search was saved"),
    "saved_search_renamed": Text("保存した検索の名前を変えた", "A saved search was renamed"),
    "saved_search_switched": Text(
        "保存した検索のお知らせを切り替えた", "Telling of a saved search was switched on or off"
    ),
    "saved_search_stopped": Text(
        "保存した検索のお知らせをメールから止めた", "Telling of a saved search was stopped from a mail"
    ),
    "saved_search_removed": Text("保存した検索を削除した", "A saved search was deleted"),
    "saved_searches_told": Text("保存した検索の新着を知らせた", "New matches of saved searches were told"),
    "demo_searches_made": Text("デモの保存した検索を用意した", "The demo's saved searches were made"),
    "demo_trade_made": Text("デモの問い合わせと見積書を用意した", "The demo's enquiries and quotes were made"),
    "announcement_drafted": Text("お知らせの下書きを作成した", "An announcement was drafted"),
    "announcement_changed": Text("お知らせの下書きを変更した", "A drafted announcement was changed"),
    "announcement_scheduled": Text("お知らせの公開を予約した", "An announcement was scheduled"),
    "announcement_published": Text("お知らせを公開した", "An announcement was published"),
    "announcement_taken_back": Text("お知らせの公開予約を取り消した", "A scheduled announcement was taken back"),
    "announcement_corrected": Text("お知らせを訂正した", "An announcement was corrected"),
    "briefing_drafted": Text("説明会の下書きを作成した", "A briefing was drafted"),
    "briefing_announced": Text("説明会を案内した", "A briefing was announced"),
    "briefing_changed": Text("説明会の内容を変更した", "A briefing was changed"),
    "briefing_cancelled": Text("説明会を中止した", "A briefing was cancelled"),
    "briefing_reminded": Text("説明会の前日の案内を送った", "A briefing's reminder was sent"),
    "briefing_attendance_marked": Text("説明会の出席を記録した", "A briefing's attendance was marked"),
    "briefing_seat_booked": Text("説明会を予約した", "A briefing was booked"),
    "briefing_seat_awaited": Text("説明会のキャンセル待ちに登録した", "A briefing's waiting list was joined"),
    "briefing_seat_moved_up": Text("キャンセル待ちから予約に繰り上がった", "A waiting booking was moved up"),
    "briefing_seat_cancelled": Text("説明会の予約を取り消した", "A briefing's booking was cancelled"),
}
# Master data by its own words, then all else that an event may be about.
KINDS: Final[Mapping[str, Text]] = {
    **MASTERS,
    "person": Text("人", "Person"),
    "applicant_profile": Text("事業者の情報", "A business's facts"),
    "invitation": Text("招待", "Invitation"),
    "support_view": Text("サポート閲覧", "Support view"),
    "scheme": Text("補助制度", "Scheme"),
    "rounds": Text("公募回", "Rounds"),
    "file": Text("ファイル", "File"),
    "import": Text("ファイルの取り込み", "Import"),
    "product": Text("製品", "Product"),
    "package": Text("ITツール", "Package"),
    "application": Text("交付申請", "Application"),
    "registration": Text("登録申請", "Registration"),
    "organisation": Text("組織", "Organisation"),
    "shortlist": Text("あとで検討", "Shortlist"),
    "saved_search": Text("保存した検索", "Saved search"),
    "enquiry": Text("問い合わせ", "Enquiry"),
    "quote": Text("見積書", "Quote"),
    "announcement": Text("お知らせ", "Announcement"),
    "briefing": Text("説明会", "Briefing"),
    "adoption_list": Text("採択公表", "Adoptions published"),
    "mail": Text("メール", "Mail"),
    "index": Text("検索の索引", "Search index"),
    "demo": Text("デモ", "Demo"),
}
FACTS: Final[Mapping[str, Text]] = {
    "state": Text("状態", "State"),
    "code": Text("コード", "Code"),
    "name": Text("名前", "Name"),
    "reason": Text("理由", "Reason"),
    "version": Text("版", "Version"),
    "source": Text("出典", "Source"),
    "provider": Text("認証", "Provider"),
}
_STEPS: Final[Mapping[str, Mapping[str, Text]]] = {
    "application": STEP_DONE,
    "registration": REGISTRATION_DONE,
    "enquiry": ENQUIRY_DONE,
    "quote": QUOTE_DONE,
}


def words_of(event: Event) -> Text:
    """What happened; the event's own name where no words are kept for it."""
    return words_for(event.name)


def words_for(name: str) -> Text:
    """What an event of this name says: 製品：提出しました."""
    if name in EVENTS:
        return EVENTS[name]
    kind, _, step = name.partition("_")
    happened = LISTING_EVENTS.get(step) if kind in ("product", "package") else None
    if kind in _STEPS:
        happened = _STEPS[kind].get(step)
    if happened is None:
        return same(name)
    return Text(f"{KINDS[kind].ja}：{happened.ja}", f"{KINDS[kind].en}: {happened.en}")
