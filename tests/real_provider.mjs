// A real OpenID Connect provider for the tests: the npm package oidc-provider, which checks PKCE and the client's secret.
// Its own development pages ask for a name and a consent. Says its address in one line of JSON, and ends with its stdin.
//
//     node tests/real_provider.mjs '{"client_id": …, "client_secret": …, "redirects": […]}'

import { createServer } from "node:http";
import process from "node:process";

import Provider from "oidc-provider";

const asked = JSON.parse(process.argv[2]);
const server = createServer();

server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: asked.client_id,
        client_secret: asked.client_secret,
        redirect_uris: asked.redirects,
        token_endpoint_auth_method: "client_secret_basic",
        id_token_signed_response_alg: "RS256",
      },
    ],
    claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
    cookies: { keys: ["only-for-tests"] },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, name: `試験 ${sub}`, email: `${sub}@example.jp` }),
    }),
    pkce: { required: () => true },
  });
  server.on("request", provider.callback());
  process.stdout.write(`${JSON.stringify({ issuer })}\n`);
});

process.stdin.on("end", () => process.exit(0)).resume();
