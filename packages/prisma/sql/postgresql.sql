-- The tables of @authcore/prisma for PostgreSQL 12 and later: what `prisma migrate` makes of authcore.prisma.
-- Run it once, in the schema that the search_path of your connections begins with.

BEGIN;

CREATE TABLE "authcore_session" (
    "id" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "client_id" TEXT,
    "scope" JSON NOT NULL,
    "roles" JSON NOT NULL,
    "claims" JSON NOT NULL,
    "amr" JSON NOT NULL,
    "acr" TEXT,
    "confirmation" JSON,
    "label" TEXT,
    "created_at" BIGINT NOT NULL,
    "authenticated_at" BIGINT NOT NULL,
    "last_used_at" BIGINT NOT NULL,
    "idle_expires_at" BIGINT NOT NULL,
    "absolute_expires_at" BIGINT NOT NULL,
    "expires_at" BIGINT NOT NULL,
    "generation" BIGINT NOT NULL,
    "current_hash" TEXT NOT NULL,
    "sealed_successor" TEXT,
    "rotated_at" BIGINT,
    "revoked_at" BIGINT,
    "revocation_reason" TEXT,

    CONSTRAINT "authcore_session_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "authcore_api_key" (
    "id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "secret_id" TEXT NOT NULL,
    "scope" JSON NOT NULL,
    "metadata" JSON NOT NULL,
    "lineage_id" TEXT NOT NULL,
    "successor_id" TEXT,
    "created_at" BIGINT NOT NULL,
    "not_before_at" BIGINT,
    "expires_at" BIGINT,
    "disabled_at" BIGINT,
    "revoked_at" BIGINT,
    "last_used_at" BIGINT,
    "remaining_uses" BIGINT,
    "rate_limit" JSON,

    CONSTRAINT "authcore_api_key_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "authcore_signing_key_ring" (
    "id" TEXT NOT NULL,
    "version" BIGINT NOT NULL,
    "keys" JSON NOT NULL,

    CONSTRAINT "authcore_signing_key_ring_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "authcore_revocation" (
    "kind" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revoked_at" BIGINT NOT NULL,
    "expires_at" BIGINT NOT NULL,

    CONSTRAINT "authcore_revocation_pkey" PRIMARY KEY ("kind", "id")
);

CREATE TABLE "authcore_one_time" (
    "namespace" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "holder" TEXT,
    "value" JSON,
    "expires_at" BIGINT NOT NULL,

    CONSTRAINT "authcore_one_time_pkey" PRIMARY KEY ("namespace", "key")
);

CREATE TABLE "authcore_rate_limit" (
    "key" TEXT NOT NULL,
    "untouched_at_tick" DECIMAL(40,0) NOT NULL,
    "ticks_per_ms" BIGINT NOT NULL,
    "expires_at" BIGINT NOT NULL,

    CONSTRAINT "authcore_rate_limit_pkey" PRIMARY KEY ("key")
);

CREATE TABLE "authcore_document" (
    "namespace" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "version" BIGINT NOT NULL,
    "tags" TEXT[],
    "value" JSON NOT NULL,
    "write_id" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "updated_at" BIGINT NOT NULL,
    "expires_at" BIGINT,

    CONSTRAINT "authcore_document_pkey" PRIMARY KEY ("namespace", "id")
);

CREATE INDEX "authcore_session_subject_created_at_idx" ON "authcore_session"("subject", "created_at" DESC);
CREATE INDEX "authcore_session_expires_at_idx" ON "authcore_session"("expires_at");
CREATE INDEX "authcore_api_key_owner_id_created_at_idx" ON "authcore_api_key"("owner_id", "created_at" DESC);
CREATE INDEX "authcore_api_key_expires_at_idx" ON "authcore_api_key"("expires_at");
CREATE INDEX "authcore_revocation_expires_at_idx" ON "authcore_revocation"("expires_at");
CREATE INDEX "authcore_one_time_expires_at_idx" ON "authcore_one_time"("expires_at");
CREATE INDEX "authcore_rate_limit_expires_at_idx" ON "authcore_rate_limit"("expires_at");
CREATE INDEX "authcore_document_tags_idx" ON "authcore_document" USING GIN ("tags");
CREATE INDEX "authcore_document_expires_at_idx" ON "authcore_document"("expires_at");

COMMIT;
