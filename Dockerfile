# One image for every process of the hub; docker-compose.yml says which one a container runs.
# Debian, not Alpine: Temporal's native core needs glibc.
ARG NODE_IMAGE=node:22.21.1-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY console/package.json ./console/
RUN npm ci --include=dev --no-audit --no-fund
COPY . .
RUN node --import tsx scripts/build.ts

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY console/package.json ./console/
RUN npm ci --omit=dev --no-audit --no-fund

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
# The volumes of the simulator and of the files take their owner from here.
RUN mkdir /state /files && chown node:node /state /files
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# Loaded by path, because client, worker and workflow bundle must all find the same file.
COPY package.json ./
COPY connectors/temporal/failure-converter.cjs ./connectors/temporal/
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.API_PORT ?? 8080}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/api.js"]
