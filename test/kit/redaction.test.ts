import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/kit/redaction.ts';

describe('a secret is named after what it looks like', () => {
  it.each([
    ['use xoxb-1234567890-abcdefGHIJ please', 'use [redacted: slack token] please'],
    ['AKIAIOSFODNN7EXAMPLE', '[redacted: aws key]'],
    ['password=hunter2', 'password=[redacted: password]'],
    ['{"password": "hun\\"ter2", "port": 1}', '{"password": "[redacted: password]", "port": 1}'],
    ["DB_PASSWORD='a b, c'", "DB_PASSWORD='[redacted: password]'"],
    ['postgres://app:p@ss@db:5432/shop', 'postgres://app:[redacted: password]@db:5432/shop'],
    ['https://0123456789abcdef0123456789abcdef@sentry.example.org/1', 'https://[redacted: token]@sentry.example.org/1'],
    ['https://hooks.slack.com/services/T000/B000/XXXX', 'https://hooks.slack.com/[redacted: webhook address]'],
    ['https://discord.com/api/webhooks/123456/abcdef-ghij', 'https://discord.com/api/webhooks/[redacted: webhook address]'],
    ['Authorization: Bearer abcd1234', 'Authorization: [redacted: authorization]'],
    ['authorization: Digest username="ana", response="00"\nnext', 'authorization: [redacted: authorization]\nnext'],
    ['basic dXNlcjpwYXNzd29yZA==', 'basic [redacted: authorization]'],
    ['Cookie: sid=abc123; theme=dark\nHost: x', 'Cookie: [redacted: cookie]\nHost: x'],
    ['changed the password to Sommer2026! today', 'changed the password to [redacted: password] today'],
    ['password: correct-horse\nnext', 'password: [redacted: password]\nnext'],
    ['--api-key abcdef run', '--api-key [redacted: secret] run'],
    ['?token=abc&b=1', '?token=[redacted: secret]&b=1'],
  ])('%j', (text, expected) => expect(redact(text)).toBe(expected));

  it('hides a PEM block whole, with its end, on one line, and without an end', () => {
    const key = `-----BEGIN EC PRIVATE KEY-----\n${'Ab1+'.repeat(16)}\nAb1+Ab==\n-----END EC PRIVATE KEY-----`;
    expect(redact(`key:\n${key}\nthat was it`)).toBe('key:\n[redacted: pem block]\nthat was it');
    expect(redact(`"${key.replaceAll('\n', '\\n')}", "b"`)).toBe('"[redacted: pem block]", "b"');
    expect(redact(`${key.slice(0, 90)}\nthat was it`)).toBe('[redacted: pem block]\nthat was it');
    expect(redact(`${key}\n${key}`)).toBe('[redacted: pem block]\n[redacted: pem block]');
  });
});

/** What a timeline is full of. None of it may be touched. */
const ORDINARY = `
@ana declared sev1 "Checkout is down" at 03:14, inc-42, room https://example.slack.com/archives/C0123ABCD/p1712345678901234
Deploy 7d9f8b6c5 of payment-gateway-service-7d9f8b6c5-xk2lp started, commit cdbd7f1a2b3c4d5e6f708192a3b4c5d6e7f80912 by bo@example.org
Head of the chain: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
image registry.example.org/shop/checkout@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
integrity sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==
trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7 request 550e8400-e29b-41d4-a716-446655440000
checkout_error_rate{service="checkout",code="500",instance="10.0.3.17:9090"} 0.37 > 0.05 for 5m
The token expired; tokens: 5000 of max_tokens=4096; token_type=bearer; password_file=/run/secrets/db; secretName: checkout-db
The password is wrong, the password reset flow is broken, "password: required" says the form, passwords are fine
Basic authentication works, bearer authentication fails with 401, the bearer certificate is valid
pass=12 fail=3 skipped=1 bypass: the gate 2, passed: 17, compass=north, PWD=/srv/shop, secret: unknown, TOKEN=$CI_JOB_TOKEN
We used \`kubectl get pods -n payments --selector=app=checkout,tier=backend -o wide\` and /usr/local/lib/node_modules/npm/bin/npm-cli.js
java.lang.IllegalStateException: CheckoutServiceDeploymentHealthCheckFailed at org.example.shop.CheckoutController.placeOrder(CheckoutController.java:117)
https://docs.google.com/document/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit#heading=h.1
https://grafana.example.org/d/ab3CdEfGh/checkout-overview?orgId=1&from=1712345678901&to=1712349278901&var-service=checkout
phone +49 30 23125 001, 2026-03-02T03:14:15.926Z, 192.168.0.17, fe80::1ff:fe23:4567:890a, order 123456789012345678901234567890123456
------------------------------------------------------------ ____________________________________ ====================================
aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
Rechtsschutzversicherungsgesellschaften Donaudampfschifffahrtsgesellschaftskapitän 支付服务不可用 🔥🔥🔥
`.trim();

describe('ordinary words of an incident', () => {
  it.each(ORDINARY.split('\n'))('stay as they are: %s', (line) => expect(redact(line)).toBe(line));
  it('stay as they are, all together', () => expect(redact(ORDINARY)).toBe(ORDINARY));
});

describe('known false positives, hidden rather than risked', () => {
  it.each([
    ['secret: 2026-03-02 is the date', 'secret: [redacted: secret] is the date'],
    ['token: node-12 answers', 'token: [redacted: secret] answers'],
    ['password: tomorrow', 'password: [redacted: password]'],
    ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGp4dE5WbHJ6cVlHcU5qQXN0aGlz ana', 'ssh-ed25519 [redacted: random text] ana'],
    ['-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', '[redacted: pem block]'],
    ['etag 0123456789abcdef0123456789abcdef0123456789abcdef', 'etag [redacted: random text]'],
  ])('%j', (text, expected) => expect(redact(text)).toBe(expected));
});

describe('redaction', () => {
  const pieces = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(
      'password',
      'token=',
      ': ',
      '"',
      "'",
      '\\"',
      '=',
      ' is ',
      'Authorization: ',
      'Bearer ',
      'xoxb-1234567890',
      '://a:b@c',
      '\n',
    ),
    fc.constantFrom(
      '-----BEGIN X-----',
      '-----END X-----',
      '[redacted: secret]',
      '[redacted: ',
      'eyJhbGciOiJIUzI1NiJ9.',
      'AKIAIOSFODNN7EXAMPLE',
    ),
    fc.string({ unit: fc.constantFrom(...'abcXYZ019+/-_='), minLength: 30, maxLength: 60 }),
  );

  it('asked again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const once = redact(parts.join(''));
        expect(redact(once)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });

  it('loses no text, however long, and finds a secret across every edge', () => {
    const filler = 'The checkout is slow again. ';
    for (let length = 14_000; length < 34_000; length += 113) {
      const before = filler.repeat(Math.ceil(length / filler.length)).slice(0, length);
      const text = `${before} ghp_${'a1B2c3D4e5'.repeat(4)} and password=hunter2 ${before}`;
      expect(redact(text)).toBe(`${before} [redacted: github token] and password=[redacted: password] ${before}`);
    }
  });

  it('leaves nothing of a secret longer than what it looks at in one piece', () => {
    const long = 'aB3dE6gH9-kL0mN4pQ8_rS1tU5vW7xY2z'.repeat(2_000);
    expect(redact(`x ${long} y`)).toBe('x [redacted: random text] y');
  });
});
