"""What a provider, or somebody between, may say that is not so; each must be refused wherever it is said."""

from __future__ import annotations

import re

import oidc
from flask import Response


def honest(**changes):
    return lambda claims: {name: value for name, value in (claims | changes).items() if value is not None}


def algorithms(*names):
    return lambda said: said | {"id_token_signing_alg_values_supported": list(names)}


LIES = {
    "another issuer": oidc.Lie(claims=honest(iss="https://evil.example")),
    "no issuer": oidc.Lie(claims=honest(iss=None)),
    "for another client": oidc.Lie(claims=honest(aud="other")),
    "for another client, with our name as the party": oidc.Lie(claims=honest(aud="other", azp=oidc.CLIENT)),
    "for another client in a list": oidc.Lie(claims=honest(aud=["other"], azp=oidc.CLIENT)),
    "for us and another": oidc.Lie(claims=honest(aud=[oidc.CLIENT, "other"])),
    "for us and another, with our name": oidc.Lie(claims=honest(aud=["other", oidc.CLIENT], azp=oidc.CLIENT)),
    "for us and another, with the other's name": oidc.Lie(claims=honest(aud=[oidc.CLIENT, "other"], azp="other")),
    "for us, asked for by another": oidc.Lie(claims=honest(azp="other")),
    "for nobody": oidc.Lie(claims=honest(aud=None)),
    "for an empty list": oidc.Lie(claims=honest(aud=[])),
    "aud a number": oidc.Lie(claims=honest(aud=5)),
    "aud an object": oidc.Lie(claims=honest(aud={"a": 1})),
    "expired": oidc.Lie(claims=lambda claims: claims | {"exp": claims["iat"] - 60}),
    "expires never": oidc.Lie(claims=honest(exp=None)),
    "expires in words": oidc.Lie(claims=honest(exp="tomorrow")),
    "not valid yet": oidc.Lie(claims=lambda claims: claims | {"nbf": claims["iat"] + 600}),
    "from the future": oidc.Lie(claims=lambda claims: claims | {"iat": claims["iat"] + 600}),
    "expires beyond all time": oidc.Lie(claims=honest(exp=float("inf"))),
    "issued at no time": oidc.Lie(claims=honest(iat=float("nan"), exp=float("nan"))),
    "signed in at no time": oidc.Lie(claims=honest(auth_time="tomorrow")),
    "signed in beyond all time": oidc.Lie(claims=honest(auth_time=1e300)),
    "no subject": oidc.Lie(claims=honest(sub=None)),
    "a subject of a thousand letters": oidc.Lie(
        claims=honest(sub="s" * 1000), userinfo=lambda info: info | {"sub": "s" * 1000}
    ),
    "a subject with an end in it": oidc.Lie(
        claims=honest(sub="a\x00b"), userinfo=lambda info: info | {"sub": "a\x00b"}
    ),
    "an empty subject": oidc.Lie(claims=honest(sub=""), userinfo=lambda info: info | {"sub": ""}),
    "a number as the subject": oidc.Lie(claims=honest(sub=5), userinfo=lambda info: info | {"sub": 5}),
    "a list as the subject": oidc.Lie(claims=honest(sub=["a"]), userinfo=lambda info: info | {"sub": ["a"]}),
    "no nonce": oidc.Lie(claims=honest(nonce=None)),
    "another nonce": oidc.Lie(claims=honest(nonce="replayed")),
    "unsigned": oidc.Lie(sign=oidc.unsigned),
    "signed with the client's secret": oidc.Lie(sign=oidc.hmac_with(oidc.SECRET.encode())),
    "signed with the public key as a secret": oidc.Lie(
        sign=lambda claims, provider: oidc.hmac_with(provider.key.as_pem(private=False))(claims, provider)
    ),
    "signed with another algorithm than the settings allow": oidc.Lie(
        sign=lambda claims, provider: provider.signed(claims, oidc.any_algorithm(provider.key), alg="RS512")
    ),
    "signed with the secret, and the metadata allow it": oidc.Lie(
        sign=oidc.hmac_with(oidc.SECRET.encode()), metadata=algorithms("RS256", "HS256", "none")
    ),
    "signed with a secret that the keys give away": oidc.Lie(
        sign=oidc.hmac_with(b"a-secret-that-is-published-with-the-keys"),
        keys=lambda keys: {"keys": [oidc.secret_key(b"a-secret-that-is-published-with-the-keys"), *keys["keys"]]},
    ),
    "unsigned, and the metadata allow it": oidc.Lie(sign=oidc.unsigned, metadata=algorithms("RS256", "none")),
    "signed with one of several keys, not said which": oidc.Lie(
        sign=lambda claims, provider: provider.signed(claims, kid=""),
        keys=lambda keys: {"keys": keys["keys"] * 2},
    ),
    "signed with an unknown key": oidc.Lie(
        sign=lambda claims, provider: provider.signed(claims, provider.other, kid="unknown")
    ),
    "signed with another key under a known name": oidc.Lie(
        sign=lambda claims, provider: provider.signed(claims, provider.other)
    ),
    "changed after it was signed": oidc.Lie(
        sign=lambda claims, provider: re.sub(
            r"\.[^.]+\.", f".{oidc.segment(b'{}')}.", provider.signed(claims), count=1
        )
    ),
    "a signature cut off": oidc.Lie(
        sign=lambda claims, provider: provider.signed(claims).rpartition(".")[0] + "."
    ),
    "not a token": oidc.Lie(sign=lambda *_: "garbage"),
    "dots": oidc.Lie(sign=lambda *_: ".."),
    "an encrypted token": oidc.Lie(sign=lambda *_: "a.b.c.d.e"),
    "a token of depth": oidc.Lie(sign=lambda *_: f"{oidc.segment(b'[' * 60_000)}.e30.e30"),
    "a list instead of a token": oidc.Lie(sign=lambda *_: ["a", "b"]),
    "an object instead of a token": oidc.Lie(sign=lambda *_: {"a": 1}),
    "no id_token": oidc.Lie(token=lambda answer, _: answer | {"id_token": None}),
    "id_token left out": oidc.Lie(token=lambda answer, _: {k: v for k, v in answer.items() if k != "id_token"}),
    "no access token": oidc.Lie(token=lambda answer, _: {"id_token": answer["id_token"]}),
    "an empty answer": oidc.Lie(token=lambda *_: {}),
    "a list as the answer": oidc.Lie(token=lambda *_: [1]),
    "null as the answer": oidc.Lie(token=lambda *_: Response("null", mimetype="application/json")),
    "HTML as the answer": oidc.Lie(token=lambda *_: Response("<html>")),
    "an error as the answer": oidc.Lie(
        token=lambda *_: Response('{"error": "no"}', 400, mimetype="application/json")
    ),
    "an answer that trickles": oidc.Lie(token=lambda *_: oidc.trickling()),
    "an answer without end": oidc.Lie(token=lambda *_: oidc.endless()),
    "an answer of depth": oidc.Lie(token=lambda *_: Response("[" * 100_000, mimetype="application/json")),
    "an answer elsewhere": oidc.Lie(token=lambda *_: Response("", 307, headers={"Location": "/userinfo"})),
    "a lifetime in words": oidc.Lie(token=lambda answer, _: answer | {"expires_in": "long"}),
    "another kind of token": oidc.Lie(token=lambda answer, _: answer | {"token_type": "mac"}),
    "no keys": oidc.Lie(keys=lambda _: {"keys": []}),
    "keys that are none": oidc.Lie(keys=lambda _: {"keys": ["a", {"kty": "RSA"}]}),
    "keys without keys": oidc.Lie(keys=lambda _: {"error": "no"}),
    "keys are a list": oidc.Lie(keys=lambda _: []),
    "keys are HTML": oidc.Lie(keys=lambda _: Response("<html>")),
    "the provider fails": oidc.Lie(token=lambda *_: Response("oops", 500)),
    "userinfo of somebody else": oidc.Lie(userinfo=lambda info: info | {"sub": "somebody else"}),
    "userinfo of nobody": oidc.Lie(userinfo=lambda _: {"name": "x"}),
    "userinfo is a list": oidc.Lie(userinfo=lambda _: ["somebody"]),
    "userinfo is null": oidc.Lie(userinfo=lambda _: Response("null", mimetype="application/json")),
    "userinfo is HTML": oidc.Lie(userinfo=lambda _: Response("<html>")),
    "userinfo trickles": oidc.Lie(userinfo=lambda _: oidc.trickling()),
    "userinfo elsewhere": oidc.Lie(userinfo=lambda _: Response("", 302, headers={"Location": "/token"})),
    "userinfo is refused": oidc.Lie(userinfo=lambda _: Response("{}", 401, mimetype="application/json")),
    "userinfo fails": oidc.Lie(userinfo=lambda _: Response("oops", 500)),
}
