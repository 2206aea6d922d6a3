"""Who belongs to which organisation, and who looked at it."""

from typing import Final

from tenants.notices.template import NoticeTemplate
from tenants.text import Text

_MEMBERS: Final = Text("所属と役割を見る", "See your organisation")

ACCOUNT: Final = (
    NoticeTemplate(
        "invitation",
        "account",
        Text("{organisation}から招待が届いています", "You are invited to {organisation}"),
        Text(
            "{inviter}からの招待です。{organisation}のメンバー（{role}）として参加できます。",
            "{inviter} invites you to join {organisation} ({role}).",
        ),
        Text(
            "{expires_at}までに下のリンクを開き、ログインして参加してください。リンクは一度だけ使えます。"
            "心当たりがないときは、何もしなくてかまいません。",
            "Open the link below by {expires_at}, sign in and join. The link works once. If you do not know the"
            " sender, you need not do anything.",
        ),
        Text("招待を確認する", "Look at the invitation"),
    ),
    NoticeTemplate(
        "owner_invitation",
        "account",
        Text("{organisation}の責任者として招待が届いています", "You are invited to look after {organisation}"),
        Text(
            "{inviter}が、書面で登録を申請した{organisation}に、あなたを招待しました。役割は「{role}」です。",
            "{inviter} invites you to {organisation}, which applied for registration on paper. Your role: {role}.",
        ),
        Text(
            "{expires_at}までに下のリンクを開き、ログインして参加してください。リンクは一度だけ使えます。"
            "参加すると、申請の状況を見たり、社内の方を招待したりできます。心当たりがないときは、何もしなくてかまいません。",
            "Open the link below by {expires_at}, sign in and join. The link works once. You can then follow the"
            " application and invite colleagues. If you know nothing of this, you need not do anything.",
        ),
        Text("招待を確認する", "Look at the invitation"),
    ),
    NoticeTemplate(
        "moved_invitation",
        "account",
        Text("{organisation}への参加のお願い", "Please join {organisation}"),
        Text(
            "{inviter}が、同じ事業者の登録が2つあったため、{organisation}（{role}）に参加するよう、あなたを招待しました。",
            "{inviter} found two accounts of one business and invites you to join {organisation} ({role}).",
        ),
        Text(
            "{expires_at}までに下のリンクを開き、ログインして参加してください。リンクは一度だけ使えます。"
            "役割を変えたいときは、参加したあとで、その組織の責任者に頼んでください。",
            "Open the link below by {expires_at}, sign in and join. The link works once. Ask its owner if you need"
            " another role.",
        ),
        Text("招待を確認する", "Look at the invitation"),
    ),
    NoticeTemplate(
        "told_apart",
        "account",
        Text("よく似た登録があり、別の事業者と確認しました", "A similar account was found to be another business"),
        Text(
            "{organisation}とよく似た名前・番号の登録がありましたが、事務局が、別の事業者であると確認しました。",
            "There was an account much like {organisation}'s. The secretariat found it to be another business.",
        ),
        Text("手続きは必要ありません。これまでどおりお使いください。", "You need not do anything."),
        Text("組織の設定を見る", "See your organisation"),
    ),
    NoticeTemplate(
        "account_closed",
        "account",
        Text("重複していた{organisation}の登録を閉じました", "The second account of {organisation} is closed"),
        Text(
            "同じ事業者の登録が2つあったため、事務局がこの登録を閉じました。これからは{kept}をお使いください。理由：{reason}",
            "There were two accounts of one business, so this one is closed. Please use {kept} from now on."
            " Reason: {reason}",
        ),
        Text(
            "{kept}への招待を、別のメールでお送りします。すでに参加している方には届きません。",
            "An invitation to {kept} comes in another mail, unless you are in already.",
        ),
        Text("サイトを開く", "Open the site"),
    ),
    NoticeTemplate(
        "account_joined",
        "account",
        Text("重複していた登録を、{organisation}にまとめました", "A second account was joined to {organisation}"),
        Text(
            "同じ事業者の登録がもう1つあったため、事務局が閉じました。そこにいた{number}人に、見るだけの役割で招待を送っています。",
            "There was a second account of your business; it is closed. Of its people, {number} were invited to look in.",
        ),
        Text(
            "知らない人がいたら、招待を取り消してください。役割は、参加したあとで変えられます。",
            "Take back invitations to people you do not know; change roles once they are in.",
        ),
        Text("メンバーと招待を確認する", "See members and invitations"),
    ),
    NoticeTemplate(
        "identity_linked",
        "account",
        Text("ログイン方法が追加されました", "A way to sign in was added"),
        Text(
            "あなたのアカウントに、新しいログイン方法が追加されました。",
            "A new way to sign in was added to your account.",
        ),
        Text(
            "心当たりがないときは、すぐにその方法を外し、ほかのブラウザーをログアウトさせてください。",
            "If it was not you, take it off at once and sign out all other browsers.",
        ),
        Text("ログイン方法を確認する", "See how you sign in"),
    ),
    NoticeTemplate(
        "identity_unlinked",
        "account",
        Text("ログイン方法が外されました", "A way to sign in was taken off"),
        Text(
            "あなたのアカウントから、ログイン方法が1つ外されました。その方法でのログインは終わりました。",
            "A way to sign in was taken off your account; whoever was signed in with it no longer is.",
        ),
        Text(
            "心当たりがないときは、残っている方法でログインして確かめてください。",
            "If it was not you, sign in with another one and see.",
        ),
        Text("ログイン方法を確認する", "See how you sign in"),
    ),
    NoticeTemplate(
        "invitation_accepted",
        "account",
        Text("{person}さんが{organisation}に参加しました", "{person} joined {organisation}"),
        Text(
            "招待した{person}さんが、{organisation}のメンバーになりました。",
            "{person}, whom you invited, is now a member of {organisation}.",
        ),
        Text("役割が正しいか、一度お確かめください。", "Please check once that the role is right."),
        Text("メンバーを見る", "See the members"),
    ),
    NoticeTemplate(
        "removed_from_organisation",
        "account",
        Text("{organisation}のメンバーから外れました", "You are no longer a member of {organisation}"),
        Text(
            "あなたは{organisation}のメンバーではなくなりました。これからはこの組織の画面を開けません。",
            "You are no longer a member of {organisation} and cannot open its pages.",
        ),
        Text(
            "心当たりがないときは、{organisation}の責任者にお問い合わせください。",
            "If you did not expect this, ask the owner of {organisation}.",
        ),
        Text("サイトを開く", "Open the site"),
    ),
    NoticeTemplate(
        "role_changed",
        "account",
        Text("{organisation}での役割が変わりました", "Your role at {organisation} has changed"),
        Text(
            "{organisation}でのあなたの役割が「{role}」になりました。",
            "Your role at {organisation} is now: {role}.",
        ),
        Text(
            "できることが変わります。心当たりがないときは、組織の責任者にお問い合わせください。",
            "What you may do has changed. If you did not expect this, ask the organisation's owner.",
        ),
        _MEMBERS,
    ),
    NoticeTemplate(
        "support_view_opened",
        "account",
        Text(
            "事務局が{organisation}の画面を表示しました", "The secretariat looked at the pages of {organisation}"
        ),
        Text(
            "事務局の{person}が、{organisation}の画面をサポートのために表示しました（見るだけで、変更はできません）。"
            "理由：{reason}",
            "{person} of the secretariat looked at the pages of {organisation} to help (looking only, nothing can be"
            " changed). Reason: {reason}",
        ),
        Text(
            "心当たりがないときは、事務局にお問い合わせください。表示の記録は、いつでも確認できます。",
            "If you did not ask for help, contact the secretariat. The record can be read at any time.",
        ),
        Text("記録を見る", "See the record"),
    ),
)
