FROM node:24-slim

# git publishes postmortems into a local repository; certificates are for mail, webhooks and GitHub over TLS.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
ENV NODE_ENV=production

# Dependencies first, so that a change of code does not fetch them again. No install scripts: the one that matters brings
# a Node, and this image is one. Nothing optional: that is a PostgreSQL for the tests.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-progress && npm cache clean --force

COPY LICENSE allclear.yaml ./
COPY templates templates
COPY runbooks runbooks
COPY commands commands
COPY src src

# The ledger is the only thing worth keeping: mount a volume there. `allclear` is the same words in the container as elsewhere.
RUN mkdir -p /data node_modules/.cache \
    && chown node:node /data node_modules/.cache \
    && ln -s /app/src/bin.js /usr/local/bin/allclear
VOLUME /data
ENV HOST=0.0.0.0 PORT=3000 ALLCLEAR_DATA=/data
EXPOSE 3000
USER node

# A whole incident: an image in which it does not come out well is none. What Node compiled for it stays, and halves the
# time and memory of every start.
RUN node src/bin.js demo && rm -rf /tmp/allclear-demo-*

HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 \
    CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Node is process 1 and handles SIGTERM itself: intake stops, leases are finished or released, exit 0 within ten seconds.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "src/bin.js"]
CMD ["start"]
