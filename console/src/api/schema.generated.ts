/* Made from the server's OpenAPI document by scripts/generate-client.ts. Do not edit. */

export interface paths {
    "/codec/decode": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Temporal’s codec endpoint
         * @description Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        payloads: {
                            data?: string | null;
                            metadata?: {
                                [key: string]: string;
                            } | null;
                        }[];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            payloads: {
                                data?: string | null;
                                metadata?: {
                                    [key: string]: string;
                                } | null;
                            }[];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Prometheus metrics; scrape with an ops key as bearer token
         * @description Systems: ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/abnormal-orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the rules have found in orders of your stores
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    action?: "note" | "hold" | "block";
                    cursor?: string;
                    foundFrom?: string;
                    foundTo?: string;
                    handler?: string;
                    handlerRole?: string;
                    limit?: number;
                    orderId?: string;
                    rule?: string;
                    severity?: "low" | "medium" | "high" | "critical";
                    sort?: "newest" | "oldest";
                    state?: "noted" | "held" | "released" | "superseded" | "ended";
                    storeId?: string;
                    tag?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @enum {string} */
                                action: "note" | "hold" | "block";
                                because: string;
                                checkNumber: number;
                                facts: {
                                    [key: string]: unknown;
                                };
                                /** Format: uuid */
                                findingId: string;
                                /** Format: date-time */
                                foundAt: string;
                                handler: string | null;
                                handlerRole: string | null;
                                /** Format: uuid */
                                orderId: string;
                                policyVersion: number;
                                rule: string;
                                /** @enum {string} */
                                severity: "low" | "medium" | "high" | "critical";
                                /** @enum {string} */
                                state: "noted" | "held" | "released" | "superseded" | "ended";
                                storeId: string;
                                tag: string;
                                /** @description a person has let the same go in an earlier check */
                                wasReleased: boolean;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/abnormal-orders/{orderId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every check of an order with its findings, the first one first
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            checks: {
                                /** Format: date-time */
                                checkedAt: string;
                                findings: {
                                    /** @enum {string} */
                                    action: "note" | "hold" | "block";
                                    because: string;
                                    facts: {
                                        [key: string]: unknown;
                                    };
                                    /** Format: uuid */
                                    findingId: string;
                                    /** Format: date-time */
                                    foundAt: string;
                                    handler: string | null;
                                    handlerRole: string | null;
                                    rule: string;
                                    /** @enum {string} */
                                    severity: "low" | "medium" | "high" | "critical";
                                    /** @enum {string} */
                                    state: "noted" | "held" | "released" | "superseded" | "ended";
                                    tag: string;
                                    /** @description a person has let the same go in an earlier check */
                                    wasReleased: boolean;
                                }[];
                                number: number;
                                /** @enum {string} */
                                outcome: "clear" | "noted" | "held" | "blocked";
                                policyVersion: number;
                                releasedBy: string | null;
                                releaseReason: string | null;
                                settledAt: string | null;
                                /** @enum {string} */
                                state: "passed" | "held" | "released" | "superseded" | "ended";
                                wordsVersion: number;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/abnormal-orders/{orderId}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a held order go on as it is; a blocked one only by the roles that its rule names
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        checkNumber: number;
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            checks: {
                                /** Format: date-time */
                                checkedAt: string;
                                findings: {
                                    /** @enum {string} */
                                    action: "note" | "hold" | "block";
                                    because: string;
                                    facts: {
                                        [key: string]: unknown;
                                    };
                                    /** Format: uuid */
                                    findingId: string;
                                    /** Format: date-time */
                                    foundAt: string;
                                    handler: string | null;
                                    handlerRole: string | null;
                                    rule: string;
                                    /** @enum {string} */
                                    severity: "low" | "medium" | "high" | "critical";
                                    /** @enum {string} */
                                    state: "noted" | "held" | "released" | "superseded" | "ended";
                                    tag: string;
                                    /** @description a person has let the same go in an earlier check */
                                    wasReleased: boolean;
                                }[];
                                number: number;
                                /** @enum {string} */
                                outcome: "clear" | "noted" | "held" | "blocked";
                                policyVersion: number;
                                releasedBy: string | null;
                                releaseReason: string | null;
                                settledAt: string | null;
                                /** @enum {string} */
                                state: "passed" | "held" | "released" | "superseded" | "ended";
                                wordsVersion: number;
                            }[];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * People with their roles and stores
         * @description Roles: admin.
         */
        get: {
            parameters: {
                query?: {
                    active?: string;
                    cursor?: string;
                    limit?: number;
                    role?: "clerk" | "team_lead" | "store_manager" | "regional_director" | "finance" | "ops" | "admin" | "inspector";
                    sort?: "userName" | "-userName";
                    text?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                accountId: string;
                                active: boolean;
                                /** Format: date-time */
                                createdAt: string;
                                displayName: string;
                                /** @description after too many wrong passwords; null: not locked */
                                lockedUntil: string | null;
                                /** @description whether it is bound to somebody of the company’s OpenID provider */
                                oidc: boolean;
                                region: string | null;
                                /** @enum {string} */
                                role: "clerk" | "team_lead" | "store_manager" | "regional_director" | "finance" | "ops" | "admin" | "inspector";
                                /** @description whether a code is asked for at signing in */
                                secondFactor: boolean;
                                storeIds: string[];
                                userName: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Let somebody sign in, with a first password
         * @description Roles: admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "userName": "wang.fang",
                     *       "displayName": "王芳",
                     *       "role": "clerk",
                     *       "storeIds": [
                     *         "ST-MALL-EAST"
                     *       ],
                     *       "password": "a long first password"
                     *     }
                     */
                    "application/json": {
                        displayName: string;
                        password: string;
                        /** @default null */
                        region?: string | null;
                        /** @enum {string} */
                        role: "clerk" | "team_lead" | "store_manager" | "regional_director" | "finance" | "ops" | "admin" | "inspector";
                        /** @default [] */
                        storeIds?: string[];
                        userName: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            accountId: string;
                            active: boolean;
                            /** Format: date-time */
                            createdAt: string;
                            displayName: string;
                            /** @description after too many wrong passwords; null: not locked */
                            lockedUntil: string | null;
                            /** @description whether it is bound to somebody of the company’s OpenID provider */
                            oidc: boolean;
                            region: string | null;
                            /** @enum {string} */
                            role: "clerk" | "team_lead" | "store_manager" | "regional_director" | "finance" | "ops" | "admin" | "inspector";
                            /** @description whether a code is asked for at signing in */
                            secondFactor: boolean;
                            storeIds: string[];
                            userName: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{userName}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change what somebody may do, unlock them, or set them a new password
         * @description Roles: admin.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    userName: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        active?: boolean;
                        displayName?: string;
                        password?: string;
                        region?: string | null;
                        /** @enum {boolean} */
                        releaseOidc?: true;
                        /** @enum {boolean} */
                        resetSecondFactor?: true;
                        /** @enum {string} */
                        role?: "clerk" | "team_lead" | "store_manager" | "regional_director" | "finance" | "ops" | "admin" | "inspector";
                        storeIds?: string[];
                        /** @enum {boolean} */
                        unlock?: true;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            accountId: string;
                            active: boolean;
                            /** Format: date-time */
                            createdAt: string;
                            displayName: string;
                            /** @description after too many wrong passwords; null: not locked */
                            lockedUntil: string | null;
                            /** @description whether it is bound to somebody of the company’s OpenID provider */
                            oidc: boolean;
                            region: string | null;
                            /** @enum {string} */
                            role: "clerk" | "team_lead" | "store_manager" | "regional_director" | "finance" | "ops" | "admin" | "inspector";
                            /** @description whether a code is asked for at signing in */
                            secondFactor: boolean;
                            storeIds: string[];
                            userName: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/accounts/{userName}/contact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say who a colleague is as a customer: they never decide on orders that go to them
         * @description Roles: ops, admin.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    userName: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        address: string;
                        divisionCode: string;
                        name: string;
                        phone: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            contactId: string;
                            userName: string;
                        };
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Keys of other systems, without their secrets
         * @description Roles: admin.
         */
        get: {
            parameters: {
                query?: {
                    active?: string;
                    cursor?: string;
                    limit?: number;
                    sort?: "name" | "-name";
                    system?: "mall" | "payments" | "warehouse" | "ops";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                active: boolean;
                                /** Format: date-time */
                                createdAt: string;
                                /** Format: uuid */
                                keyId: string;
                                /** @description to the minute */
                                lastUsedAt: string | null;
                                name: string;
                                /** @description of a mall: the stores that it sees; empty: all */
                                storeIds: string[];
                                /** @enum {string} */
                                system: "mall" | "payments" | "warehouse" | "ops";
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Make a key; its secret is in this answer and nowhere else
         * @description Roles: admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        /** @default [] */
                        storeIds?: string[];
                        /** @enum {string} */
                        system: "mall" | "payments" | "warehouse" | "ops";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            active: boolean;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: uuid */
                            keyId: string;
                            /** @description to the minute */
                            lastUsedAt: string | null;
                            name: string;
                            secret: string;
                            /** @description of a mall: the stores that it sees; empty: all */
                            storeIds: string[];
                            /** @enum {string} */
                            system: "mall" | "payments" | "warehouse" | "ops";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{keyId}/revocation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke a key; it is refused within seconds, for good
         * @description Roles: admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    keyId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            active: boolean;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: uuid */
                            keyId: string;
                            /** @description to the minute */
                            lastUsedAt: string | null;
                            name: string;
                            /** @description of a mall: the stores that it sees; empty: all */
                            storeIds: string[];
                            /** @enum {string} */
                            system: "mall" | "payments" | "warehouse" | "ops";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{keyId}/rotation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a key a new secret; the old one is refused within seconds
         * @description Roles: admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    keyId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            active: boolean;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: uuid */
                            keyId: string;
                            /** @description to the minute */
                            lastUsedAt: string | null;
                            name: string;
                            secret: string;
                            /** @description of a mall: the stores that it sees; empty: all */
                            storeIds: string[];
                            /** @enum {string} */
                            system: "mall" | "payments" | "warehouse" | "ops";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approval-delegations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who stands in for whom, now and before
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    delegate?: string;
                    limit?: number;
                    principal?: string;
                    running?: string;
                    sort?: "newest" | "oldest";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: date-time */
                                createdAt: string;
                                createdBy: string;
                                delegate: string;
                                /** Format: uuid */
                                delegationId: string;
                                endedAt: string | null;
                                endedBy: string | null;
                                /** Format: date-time */
                                endsAt: string;
                                principal: string;
                                reason: string;
                                /** Format: date-time */
                                startsAt: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Have somebody decide for you while you are away
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        delegate: string;
                        /** Format: date-time */
                        endsAt: string;
                        reason: string;
                        /** Format: date-time */
                        startsAt?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            delegate: string;
                            /** Format: uuid */
                            delegationId: string;
                            endedAt: string | null;
                            endedBy: string | null;
                            /** Format: date-time */
                            endsAt: string;
                            principal: string;
                            reason: string;
                            /** Format: date-time */
                            startsAt: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approval-delegations/{delegationId}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End your delegation before its time; an admin ends anybody’s
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    delegationId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            delegate: string;
                            /** Format: uuid */
                            delegationId: string;
                            endedAt: string | null;
                            endedBy: string | null;
                            /** Format: date-time */
                            endsAt: string;
                            principal: string;
                            reason: string;
                            /** Format: date-time */
                            startsAt: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approval-inbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What waits for your decision
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    applicant?: string;
                    cursor?: string;
                    limit?: number;
                    overdue?: string;
                    sort?: "newest" | "oldest";
                    storeId?: string;
                    type?: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                amountCents: {
                                    after: number;
                                    before: number;
                                };
                                applicant: string;
                                /** Format: date-time */
                                askedAt: string;
                                /** Format: uuid */
                                changeId: string;
                                changeNumber: string;
                                closedAt: string | null;
                                concessionCents: number;
                                /** Format: date-time */
                                createdAt: string;
                                differenceCents: number;
                                dueAt: string | null;
                                end: {
                                    code: string;
                                    detail: string;
                                } | null;
                                /** Format: date-time */
                                expiresAt: string;
                                meaning: {
                                    en: string;
                                    zh: string;
                                };
                                needsAttention: boolean;
                                onBehalfOf: string | null;
                                /** Format: uuid */
                                orderId: string;
                                orderVersion: number;
                                reason: string;
                                reasonCode: string;
                                requestVersion: number;
                                shipBy: string | null;
                                /** @enum {string} */
                                status: "submitted" | "in_approval" | "approved" | "undoing" | "apply_failed" | "applied" | "rejected" | "withdrawn" | "expired" | "stale" | "abandoned";
                                stepNumber: number;
                                storeId: string;
                                tierTitle: string;
                                /** @enum {string} */
                                type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                                /** Format: date-time */
                                updatedAt: string;
                                version: number;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approval-inbox/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How much waits for your decision
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    applicant?: string;
                    overdue?: string;
                    storeId?: string;
                    type?: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            most: number;
                            overdue: number;
                            total: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a picture or a PDF, to be named in a change request within a day
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": {
                        /** Format: binary */
                        file: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            attachmentId: string;
                            bytes: number;
                            fileUrl: string | null;
                            heightPixels: number | null;
                            /** @enum {string} */
                            mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                            originalSha256: string;
                            /**
                             * Format: date-time
                             * @description when it is removed unless it is attached
                             */
                            removedAt: string;
                            sha256: string;
                            thumbnailUrl: string | null;
                            /** Format: date-time */
                            uploadedAt: string;
                            uploadedBy: string;
                            widthPixels: number | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/attachments/{attachmentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take back an upload of yours that no request has
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    attachmentId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/attachments/{attachmentId}/erasure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase the file of a request or an inspection because of what it shows of a person; its hash stays
         * @description Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    attachmentId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            attachmentId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/attachments/{attachmentId}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The file
         * @description For whoever may see its request or inspection; before it has one, for who uploaded it.
         *
         *     Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    attachmentId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/pdf": unknown;
                        "image/jpeg": unknown;
                        "image/png": unknown;
                        "image/webp": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/attachments/{attachmentId}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A small WebP of a picture
         * @description For whoever may see its request or inspection; before it has one, for who uploaded it.
         *
         *     Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    attachmentId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/webp": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The audit trail by person, action, subject and period
         * @description Systems: ops. Roles: finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    action?: string;
                    actor?: string;
                    cursor?: string;
                    from?: string;
                    limit?: number;
                    sort?: "newest" | "oldest";
                    subjectId?: string;
                    subjectKind?: string;
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                action: string;
                                actionText: {
                                    en: string;
                                    zh: string;
                                };
                                actor: string;
                                /** Format: date-time */
                                at: string;
                                hash: string | null;
                                id: string;
                                newValue: unknown;
                                oldValue: unknown;
                                reason: string | null;
                                /** @description SHA-256 of what the entry is about: a document, a file */
                                relatedHash: string | null;
                                requestId: string | null;
                                /** @description its place in the chain; null until it is sealed */
                                sequence: number | null;
                                source: string;
                                subjectId: string;
                                subjectKind: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same as CSV or XLSX, the oldest first
         * @description Systems: ops. Roles: finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    action?: string;
                    actor?: string;
                    format?: "csv" | "xlsx";
                    from?: string;
                    subjectId?: string;
                    subjectKind?: string;
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": unknown;
                        "text/csv; charset=utf-8": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/heads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The chain's hash at the end of each day: to be kept elsewhere
         * @description Systems: ops. Roles: finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    from?: string;
                    limit?: number;
                    sort?: "newest" | "oldest";
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: date-time */
                                createdAt: string;
                                /** Format: date */
                                day: string;
                                hash: string;
                                sequence: number;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/change-anomalies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Anomalies of changes of your stores
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    changeId?: string;
                    cursor?: string;
                    foundFrom?: string;
                    foundTo?: string;
                    kind?: "frequent_person" | "frequent_order" | "repeated_customer" | "self_dealing" | "off_hours" | "off_price" | "below_limit";
                    limit?: number;
                    minimumScore?: number;
                    person?: string;
                    sort?: "newest" | "oldest" | "worst";
                    state?: "new" | "checked" | "confirmed" | "dismissed";
                    storeId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                anomalyId: string;
                                /** Format: uuid */
                                changeId: string;
                                evidence: {
                                    changeIds: string[];
                                    days: number | null;
                                    limit: number;
                                    measured: number;
                                    mutual?: boolean;
                                    offHours?: {
                                        day: string;
                                        name: string | null;
                                        /** @enum {string} */
                                        reason: "rest-day" | "before-opening" | "after-closing";
                                        time: string;
                                    };
                                    people: string[];
                                    skuId?: string;
                                    /** @enum {string} */
                                    unit: "requests" | "percent" | "cents";
                                };
                                /** Format: date-time */
                                foundAt: string;
                                /** @enum {string} */
                                kind: "frequent_person" | "frequent_order" | "repeated_customer" | "self_dealing" | "off_hours" | "off_price" | "below_limit";
                                meaning: {
                                    en: string;
                                    zh: string;
                                };
                                people: string[];
                                policyVersion: number;
                                score: number;
                                sentence: {
                                    en: string;
                                    zh: string;
                                };
                                /** @enum {string} */
                                state: "new" | "checked" | "confirmed" | "dismissed";
                                storeId: string;
                                subject: {
                                    id: string;
                                    kind: string;
                                };
                                /** Format: date-time */
                                updatedAt: string;
                                version: number;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/change-anomalies/{anomalyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An anomaly with the requests behind it, and who has judged it
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    anomalyId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            anomalyId: string;
                            /** Format: uuid */
                            changeId: string;
                            evidence: {
                                changeIds: string[];
                                days: number | null;
                                limit: number;
                                measured: number;
                                mutual?: boolean;
                                offHours?: {
                                    day: string;
                                    name: string | null;
                                    /** @enum {string} */
                                    reason: "rest-day" | "before-opening" | "after-closing";
                                    time: string;
                                };
                                people: string[];
                                skuId?: string;
                                /** @enum {string} */
                                unit: "requests" | "percent" | "cents";
                            };
                            /** Format: date-time */
                            foundAt: string;
                            /** @enum {string} */
                            kind: "frequent_person" | "frequent_order" | "repeated_customer" | "self_dealing" | "off_hours" | "off_price" | "below_limit";
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            moves: {
                                /** @enum {string} */
                                from: "new" | "checked" | "confirmed" | "dismissed";
                                /** Format: date-time */
                                movedAt: string;
                                note: string;
                                operator: string;
                                /** @enum {string} */
                                to: "new" | "checked" | "confirmed" | "dismissed";
                            }[];
                            people: string[];
                            policyVersion: number;
                            requests: {
                                applicant: string;
                                /** Format: uuid */
                                changeId: string;
                                changeNumber: string;
                                concessionCents: number;
                                /** Format: date-time */
                                createdAt: string;
                                differenceCents: number;
                                /** Format: uuid */
                                orderId: string;
                                status: string;
                                storeId: string;
                                type: string;
                            }[];
                            score: number;
                            sentence: {
                                en: string;
                                zh: string;
                            };
                            /** @enum {string} */
                            state: "new" | "checked" | "confirmed" | "dismissed";
                            storeId: string;
                            subject: {
                                id: string;
                                kind: string;
                            };
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/change-anomalies/{anomalyId}/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check, confirm or dismiss an anomaly
         * @description Roles: finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    anomalyId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        note: string;
                        /** @enum {string} */
                        state: "new" | "checked" | "confirmed" | "dismissed";
                        version: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            anomalyId: string;
                            /** Format: uuid */
                            changeId: string;
                            evidence: {
                                changeIds: string[];
                                days: number | null;
                                limit: number;
                                measured: number;
                                mutual?: boolean;
                                offHours?: {
                                    day: string;
                                    name: string | null;
                                    /** @enum {string} */
                                    reason: "rest-day" | "before-opening" | "after-closing";
                                    time: string;
                                };
                                people: string[];
                                skuId?: string;
                                /** @enum {string} */
                                unit: "requests" | "percent" | "cents";
                            };
                            /** Format: date-time */
                            foundAt: string;
                            /** @enum {string} */
                            kind: "frequent_person" | "frequent_order" | "repeated_customer" | "self_dealing" | "off_hours" | "off_price" | "below_limit";
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            moves: {
                                /** @enum {string} */
                                from: "new" | "checked" | "confirmed" | "dismissed";
                                /** Format: date-time */
                                movedAt: string;
                                note: string;
                                operator: string;
                                /** @enum {string} */
                                to: "new" | "checked" | "confirmed" | "dismissed";
                            }[];
                            people: string[];
                            policyVersion: number;
                            requests: {
                                applicant: string;
                                /** Format: uuid */
                                changeId: string;
                                changeNumber: string;
                                concessionCents: number;
                                /** Format: date-time */
                                createdAt: string;
                                differenceCents: number;
                                /** Format: uuid */
                                orderId: string;
                                status: string;
                                storeId: string;
                                type: string;
                            }[];
                            score: number;
                            sentence: {
                                en: string;
                                zh: string;
                            };
                            /** @enum {string} */
                            state: "new" | "checked" | "confirmed" | "dismissed";
                            storeId: string;
                            subject: {
                                id: string;
                                kind: string;
                            };
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/change-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Change requests on the orders of your stores
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    applicant?: string;
                    changeNumber?: string;
                    createdFrom?: string;
                    createdTo?: string;
                    cursor?: string;
                    limit?: number;
                    needsAttention?: string;
                    open?: string;
                    orderId?: string;
                    sort?: "newest" | "oldest";
                    status?: "submitted" | "in_approval" | "approved" | "undoing" | "apply_failed" | "applied" | "rejected" | "withdrawn" | "expired" | "stale" | "abandoned";
                    storeId?: string;
                    type?: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                amountCents: {
                                    after: number;
                                    before: number;
                                };
                                applicant: string;
                                /** Format: uuid */
                                changeId: string;
                                changeNumber: string;
                                closedAt: string | null;
                                concessionCents: number;
                                /** Format: date-time */
                                createdAt: string;
                                differenceCents: number;
                                dueAt: string | null;
                                end: {
                                    code: string;
                                    detail: string;
                                } | null;
                                /** Format: date-time */
                                expiresAt: string;
                                meaning: {
                                    en: string;
                                    zh: string;
                                };
                                needsAttention: boolean;
                                /** Format: uuid */
                                orderId: string;
                                orderVersion: number;
                                reason: string;
                                reasonCode: string;
                                requestVersion: number;
                                shipBy: string | null;
                                /** @enum {string} */
                                status: "submitted" | "in_approval" | "approved" | "undoing" | "apply_failed" | "applied" | "rejected" | "withdrawn" | "expired" | "stale" | "abandoned";
                                stepNumber: number;
                                storeId: string;
                                /** @enum {string} */
                                type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                                /** Format: date-time */
                                updatedAt: string;
                                version: number;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Ask for a change of an order; with dryRun its full effect, and nothing happens
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: {
                    dryRun?: string;
                };
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "orderId": "0192f0c1-7d2e-7c39-9d3e-0f6f5a6f1e11",
                     *       "orderVersion": 3,
                     *       "change": {
                     *         "type": "price",
                     *         "lines": [
                     *           {
                     *             "lineNumber": 1,
                     *             "unitPriceCents": 17900
                     *           }
                     *         ]
                     *       },
                     *       "reasonCode": "goodwill",
                     *       "reason": "客户反映包装破损，协商让利 20 元"
                     *     }
                     */
                    "application/json": {
                        attachmentIds?: string[];
                        change: {
                            freightCents?: number;
                            /** @default [] */
                            lines?: {
                                lineNumber: number;
                                unitPriceCents: number;
                            }[];
                            /** @enum {string} */
                            type: "price";
                        } | {
                            contact: {
                                address: string;
                                divisionCode: string;
                                name: string;
                                phone: string;
                                remark?: string;
                            };
                            /** @enum {string} */
                            type: "address";
                        } | {
                            lines: {
                                lineNumber: number;
                                quantity: number;
                                skuId: string;
                                unitPriceCents: number;
                            }[];
                            /** @enum {string} */
                            type: "item";
                        } | {
                            lines: {
                                lineNumber: number;
                                quantity: number;
                            }[];
                            /** @enum {string} */
                            type: "quantity";
                        } | {
                            lines: {
                                quantity: number;
                                skuId: string;
                            }[];
                            /** @enum {string} */
                            type: "gift";
                        } | {
                            /** @enum {string} */
                            type: "cancel";
                        } | {
                            amountCents: number;
                            paymentId: string;
                            /** @enum {string} */
                            type: "refund";
                        } | {
                            lines: {
                                lineNumber: number;
                                quantity: number;
                            }[];
                            /** @enum {string} */
                            type: "reship";
                        };
                        /** Format: uuid */
                        orderId: string;
                        orderVersion: number;
                        reason: string;
                        /** @enum {string} */
                        reasonCode: "customer_request" | "price_error" | "wrong_address" | "out_of_stock" | "quality" | "goodwill" | "duplicate_order" | "other";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: {
                                after: number;
                                before: number;
                            };
                            applicant: string;
                            approvers: {
                                account: string;
                                levelNumber: number;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                openedAt: string;
                                reminders: number;
                                requestVersion: number;
                                /** @enum {string} */
                                state: "open" | "approved" | "rejected" | "closed";
                                stepNumber: number;
                            }[];
                            /** @default [] */
                            attachments: {
                                /** Format: date-time */
                                attachedAt: string;
                                attachedBy: string;
                                /** Format: uuid */
                                attachmentId: string;
                                bytes: number;
                                erasedAt: string | null;
                                fileName: string;
                                fileUrl: string | null;
                                heightPixels: number | null;
                                /** @enum {string} */
                                mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                                originalSha256: string;
                                position: number;
                                requestVersion: number;
                                sha256: string;
                                thumbnailUrl: string | null;
                                /** Format: date-time */
                                uploadedAt: string;
                                uploadedBy: string;
                                widthPixels: number | null;
                            }[];
                            /** Format: uuid */
                            changeId: string;
                            changeNumber: string;
                            closedAt: string | null;
                            concessionCents: number;
                            contact: {
                                after: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                                before: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                            } | null;
                            /** Format: date-time */
                            createdAt: string;
                            decisions: {
                                account: string;
                                /** @enum {string} */
                                decision: "approve" | "reject";
                                note: string;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                recordedAt: string;
                                refusal: {
                                    code: string;
                                    detail: string;
                                } | null;
                                requestVersion: number;
                                stepNumber: number;
                                /** @enum {string} */
                                via: "console" | "wecom" | "temporal-cli";
                            }[];
                            differenceCents: number;
                            dueAt: string | null;
                            effect: {
                                amountCents: {
                                    after: number;
                                    before: number;
                                };
                                contact: {
                                    contactId: string;
                                    divisionCode: string;
                                } | null;
                                differenceCents: number;
                                freightCents: {
                                    after: number;
                                    before: number;
                                };
                                lines: {
                                    after: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    };
                                    before: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    } | null;
                                    lineNumber: number;
                                }[];
                                pausesPicking: boolean;
                                refunds: {
                                    amountCents: number;
                                    paymentId: string;
                                }[];
                                stillToPayCents: number;
                                stock: {
                                    lineNumber: number;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                /** @enum {string} */
                                type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            };
                            end: {
                                code: string;
                                detail: string;
                            } | null;
                            erpReference: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            /** Format: date-time */
                            expiresAt: string;
                            levelNumber: number;
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            /** Format: uuid */
                            orderId: string;
                            orderVersion: number;
                            policyVersion: number;
                            reason: string;
                            reasonCode: string;
                            requestVersion: number;
                            separationOfDuties: boolean;
                            shipBy: string | null;
                            /** @enum {string} */
                            status: "submitted" | "in_approval" | "approved" | "undoing" | "apply_failed" | "applied" | "rejected" | "withdrawn" | "expired" | "stale" | "abandoned";
                            stepNumber: number;
                            steps: {
                                levels: {
                                    approvers: ({
                                        role: string;
                                        /** @enum {string} */
                                        within: "store" | "region" | "headquarters";
                                    } | {
                                        account: string;
                                    })[];
                                    deadlineSeconds: number;
                                    mode: ("any" | "all") | {
                                        atLeast: number;
                                    };
                                    reminderSeconds: number | null;
                                    tier: string;
                                    title: string;
                                }[];
                            }[];
                            storeId: string;
                            tier: string;
                            /** @enum {string} */
                            type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            versions: {
                                effect: {
                                    amountCents: {
                                        after: number;
                                        before: number;
                                    };
                                    contact: {
                                        contactId: string;
                                        divisionCode: string;
                                    } | null;
                                    differenceCents: number;
                                    freightCents: {
                                        after: number;
                                        before: number;
                                    };
                                    lines: {
                                        after: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        };
                                        before: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        } | null;
                                        lineNumber: number;
                                    }[];
                                    pausesPicking: boolean;
                                    refunds: {
                                        amountCents: number;
                                        paymentId: string;
                                    }[];
                                    stillToPayCents: number;
                                    stock: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                    }[];
                                    /** @enum {string} */
                                    type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                                };
                                orderVersion: number;
                                reason: string;
                                reasonCode: string;
                                requestVersion: number;
                                /** Format: date-time */
                                submittedAt: string;
                                submittedBy: string;
                            }[];
                            workflowId: string;
                        } | {
                            concessionCents: number;
                            effect: {
                                amountCents: {
                                    after: number;
                                    before: number;
                                };
                                contact: {
                                    contactId: string;
                                    divisionCode: string;
                                } | null;
                                differenceCents: number;
                                freightCents: {
                                    after: number;
                                    before: number;
                                };
                                lines: {
                                    after: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    };
                                    before: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    } | null;
                                    lineNumber: number;
                                }[];
                                pausesPicking: boolean;
                                refunds: {
                                    amountCents: number;
                                    paymentId: string;
                                }[];
                                stillToPayCents: number;
                                stock: {
                                    lineNumber: number;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                /** @enum {string} */
                                type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            };
                            erp: {
                                lines: {
                                    lineNumber: number;
                                    previousQuantity: number;
                                    previousUnitPriceCents: number;
                                    quantity: number;
                                    skuId: string;
                                    unitPriceCents: number;
                                }[];
                                previousAmountCents: number;
                                targetAmountCents: number;
                                type: string;
                            };
                            /** Format: uuid */
                            orderId: string;
                            /** @enum {string} */
                            orderStatus: "reserved" | "awaiting_stock" | "paid" | "partially_shipped" | "shipped" | "in_transit" | "delivered" | "returning" | "completed" | "expired" | "cancelled" | "returned" | "lost";
                            orderVersion: number;
                            route: {
                                automatic: boolean;
                                explanation: {
                                    /** @description the condition of the tier, in JsonLogic */
                                    logic: unknown;
                                    matched: boolean;
                                    reasons: {
                                        condition: string;
                                        facts: {
                                            [key: string]: unknown;
                                        };
                                        matched: boolean;
                                    }[];
                                    tier: string;
                                    title: string;
                                }[];
                                policyVersion: number;
                                steps: {
                                    levels: {
                                        approvers: ({
                                            role: string;
                                            /** @enum {string} */
                                            within: "store" | "region" | "headquarters";
                                        } | {
                                            account: string;
                                        })[];
                                        deadlineSeconds: number;
                                        mode: ("any" | "all") | {
                                            atLeast: number;
                                        };
                                        reminderSeconds: number | null;
                                        tier: string;
                                        title: string;
                                    }[];
                                }[];
                                tier: string;
                            };
                            shipBy: string | null;
                            stock: {
                                moves: {
                                    lineNumber: number;
                                    quantity: number;
                                    skuId: string;
                                    warehouseId: string;
                                }[];
                                shortages: {
                                    available: number;
                                    requested: number;
                                    skuId: string;
                                }[];
                            };
                        };
                    };
                };
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: {
                                after: number;
                                before: number;
                            };
                            applicant: string;
                            approvers: {
                                account: string;
                                levelNumber: number;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                openedAt: string;
                                reminders: number;
                                requestVersion: number;
                                /** @enum {string} */
                                state: "open" | "approved" | "rejected" | "closed";
                                stepNumber: number;
                            }[];
                            /** @default [] */
                            attachments: {
                                /** Format: date-time */
                                attachedAt: string;
                                attachedBy: string;
                                /** Format: uuid */
                                attachmentId: string;
                                bytes: number;
                                erasedAt: string | null;
                                fileName: string;
                                fileUrl: string | null;
                                heightPixels: number | null;
                                /** @enum {string} */
                                mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                                originalSha256: string;
                                position: number;
                                requestVersion: number;
                                sha256: string;
                                thumbnailUrl: string | null;
                                /** Format: date-time */
                                uploadedAt: string;
                                uploadedBy: string;
                                widthPixels: number | null;
                            }[];
                            /** Format: uuid */
                            changeId: string;
                            changeNumber: string;
                            closedAt: string | null;
                            concessionCents: number;
                            contact: {
                                after: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                                before: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                            } | null;
                            /** Format: date-time */
                            createdAt: string;
                            decisions: {
                                account: string;
                                /** @enum {string} */
                                decision: "approve" | "reject";
                                note: string;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                recordedAt: string;
                                refusal: {
                                    code: string;
                                    detail: string;
                                } | null;
                                requestVersion: number;
                                stepNumber: number;
                                /** @enum {string} */
                                via: "console" | "wecom" | "temporal-cli";
                            }[];
                            differenceCents: number;
                            dueAt: string | null;
                            effect: {
                                amountCents: {
                                    after: number;
                                    before: number;
                                };
                                contact: {
                                    contactId: string;
                                    divisionCode: string;
                                } | null;
                                differenceCents: number;
                                freightCents: {
                                    after: number;
                                    before: number;
                                };
                                lines: {
                                    after: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    };
                                    before: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    } | null;
                                    lineNumber: number;
                                }[];
                                pausesPicking: boolean;
                                refunds: {
                                    amountCents: number;
                                    paymentId: string;
                                }[];
                                stillToPayCents: number;
                                stock: {
                                    lineNumber: number;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                /** @enum {string} */
                                type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            };
                            end: {
                                code: string;
                                detail: string;
                            } | null;
                            erpReference: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            /** Format: date-time */
                            expiresAt: string;
                            levelNumber: number;
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            /** Format: uuid */
                            orderId: string;
                            orderVersion: number;
                            policyVersion: number;
                            reason: string;
                            reasonCode: string;
                            requestVersion: number;
                            separationOfDuties: boolean;
                            shipBy: string | null;
                            /** @enum {string} */
                            status: "submitted" | "in_approval" | "approved" | "undoing" | "apply_failed" | "applied" | "rejected" | "withdrawn" | "expired" | "stale" | "abandoned";
                            stepNumber: number;
                            steps: {
                                levels: {
                                    approvers: ({
                                        role: string;
                                        /** @enum {string} */
                                        within: "store" | "region" | "headquarters";
                                    } | {
                                        account: string;
                                    })[];
                                    deadlineSeconds: number;
                                    mode: ("any" | "all") | {
                                        atLeast: number;
                                    };
                                    reminderSeconds: number | null;
                                    tier: string;
                                    title: string;
                                }[];
                            }[];
                            storeId: string;
                            tier: string;
                            /** @enum {string} */
                            type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            versions: {
                                effect: {
                                    amountCents: {
                                        after: number;
                                        before: number;
                                    };
                                    contact: {
                                        contactId: string;
                                        divisionCode: string;
                                    } | null;
                                    differenceCents: number;
                                    freightCents: {
                                        after: number;
                                        before: number;
                                    };
                                    lines: {
                                        after: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        };
                                        before: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        } | null;
                                        lineNumber: number;
                                    }[];
                                    pausesPicking: boolean;
                                    refunds: {
                                        amountCents: number;
                                        paymentId: string;
                                    }[];
                                    stillToPayCents: number;
                                    stock: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                    }[];
                                    /** @enum {string} */
                                    type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                                };
                                orderVersion: number;
                                reason: string;
                                reasonCode: string;
                                requestVersion: number;
                                /** Format: date-time */
                                submittedAt: string;
                                submittedBy: string;
                            }[];
                            workflowId: string;
                        } | {
                            concessionCents: number;
                            effect: {
                                amountCents: {
                                    after: number;
                                    before: number;
                                };
                                contact: {
                                    contactId: string;
                                    divisionCode: string;
                                } | null;
                                differenceCents: number;
                                freightCents: {
                                    after: number;
                                    before: number;
                                };
                                lines: {
                                    after: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    };
                                    before: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    } | null;
                                    lineNumber: number;
                                }[];
                                pausesPicking: boolean;
                                refunds: {
                                    amountCents: number;
                                    paymentId: string;
                                }[];
                                stillToPayCents: number;
                                stock: {
                                    lineNumber: number;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                /** @enum {string} */
                                type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            };
                            erp: {
                                lines: {
                                    lineNumber: number;
                                    previousQuantity: number;
                                    previousUnitPriceCents: number;
                                    quantity: number;
                                    skuId: string;
                                    unitPriceCents: number;
                                }[];
                                previousAmountCents: number;
                                targetAmountCents: number;
                                type: string;
                            };
                            /** Format: uuid */
                            orderId: string;
                            /** @enum {string} */
                            orderStatus: "reserved" | "awaiting_stock" | "paid" | "partially_shipped" | "shipped" | "in_transit" | "delivered" | "returning" | "completed" | "expired" | "cancelled" | "returned" | "lost";
                            orderVersion: number;
                            route: {
                                automatic: boolean;
                                explanation: {
                                    /** @description the condition of the tier, in JsonLogic */
                                    logic: unknown;
                                    matched: boolean;
                                    reasons: {
                                        condition: string;
                                        facts: {
                                            [key: string]: unknown;
                                        };
                                        matched: boolean;
                                    }[];
                                    tier: string;
                                    title: string;
                                }[];
                                policyVersion: number;
                                steps: {
                                    levels: {
                                        approvers: ({
                                            role: string;
                                            /** @enum {string} */
                                            within: "store" | "region" | "headquarters";
                                        } | {
                                            account: string;
                                        })[];
                                        deadlineSeconds: number;
                                        mode: ("any" | "all") | {
                                            atLeast: number;
                                        };
                                        reminderSeconds: number | null;
                                        tier: string;
                                        title: string;
                                    }[];
                                }[];
                                tier: string;
                            };
                            shipBy: string | null;
                            stock: {
                                moves: {
                                    lineNumber: number;
                                    quantity: number;
                                    skuId: string;
                                    warehouseId: string;
                                }[];
                                shortages: {
                                    available: number;
                                    requested: number;
                                    skuId: string;
                                }[];
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/change-requests/{changeId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A change request with its route, decisions and events
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    changeId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: {
                                after: number;
                                before: number;
                            };
                            applicant: string;
                            approvers: {
                                account: string;
                                levelNumber: number;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                openedAt: string;
                                reminders: number;
                                requestVersion: number;
                                /** @enum {string} */
                                state: "open" | "approved" | "rejected" | "closed";
                                stepNumber: number;
                            }[];
                            /** @default [] */
                            attachments: {
                                /** Format: date-time */
                                attachedAt: string;
                                attachedBy: string;
                                /** Format: uuid */
                                attachmentId: string;
                                bytes: number;
                                erasedAt: string | null;
                                fileName: string;
                                fileUrl: string | null;
                                heightPixels: number | null;
                                /** @enum {string} */
                                mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                                originalSha256: string;
                                position: number;
                                requestVersion: number;
                                sha256: string;
                                thumbnailUrl: string | null;
                                /** Format: date-time */
                                uploadedAt: string;
                                uploadedBy: string;
                                widthPixels: number | null;
                            }[];
                            /** Format: uuid */
                            changeId: string;
                            changeNumber: string;
                            closedAt: string | null;
                            concessionCents: number;
                            contact: {
                                after: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                                before: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                            } | null;
                            /** Format: date-time */
                            createdAt: string;
                            decisions: {
                                account: string;
                                /** @enum {string} */
                                decision: "approve" | "reject";
                                note: string;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                recordedAt: string;
                                refusal: {
                                    code: string;
                                    detail: string;
                                } | null;
                                requestVersion: number;
                                stepNumber: number;
                                /** @enum {string} */
                                via: "console" | "wecom" | "temporal-cli";
                            }[];
                            differenceCents: number;
                            dueAt: string | null;
                            effect: {
                                amountCents: {
                                    after: number;
                                    before: number;
                                };
                                contact: {
                                    contactId: string;
                                    divisionCode: string;
                                } | null;
                                differenceCents: number;
                                freightCents: {
                                    after: number;
                                    before: number;
                                };
                                lines: {
                                    after: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    };
                                    before: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    } | null;
                                    lineNumber: number;
                                }[];
                                pausesPicking: boolean;
                                refunds: {
                                    amountCents: number;
                                    paymentId: string;
                                }[];
                                stillToPayCents: number;
                                stock: {
                                    lineNumber: number;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                /** @enum {string} */
                                type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            };
                            end: {
                                code: string;
                                detail: string;
                            } | null;
                            erpReference: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            /** Format: date-time */
                            expiresAt: string;
                            levelNumber: number;
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            /** Format: uuid */
                            orderId: string;
                            orderVersion: number;
                            policyVersion: number;
                            reason: string;
                            reasonCode: string;
                            requestVersion: number;
                            separationOfDuties: boolean;
                            shipBy: string | null;
                            /** @enum {string} */
                            status: "submitted" | "in_approval" | "approved" | "undoing" | "apply_failed" | "applied" | "rejected" | "withdrawn" | "expired" | "stale" | "abandoned";
                            stepNumber: number;
                            steps: {
                                levels: {
                                    approvers: ({
                                        role: string;
                                        /** @enum {string} */
                                        within: "store" | "region" | "headquarters";
                                    } | {
                                        account: string;
                                    })[];
                                    deadlineSeconds: number;
                                    mode: ("any" | "all") | {
                                        atLeast: number;
                                    };
                                    reminderSeconds: number | null;
                                    tier: string;
                                    title: string;
                                }[];
                            }[];
                            storeId: string;
                            tier: string;
                            /** @enum {string} */
                            type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            versions: {
                                effect: {
                                    amountCents: {
                                        after: number;
                                        before: number;
                                    };
                                    contact: {
                                        contactId: string;
                                        divisionCode: string;
                                    } | null;
                                    differenceCents: number;
                                    freightCents: {
                                        after: number;
                                        before: number;
                                    };
                                    lines: {
                                        after: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        };
                                        before: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        } | null;
                                        lineNumber: number;
                                    }[];
                                    pausesPicking: boolean;
                                    refunds: {
                                        amountCents: number;
                                        paymentId: string;
                                    }[];
                                    stillToPayCents: number;
                                    stock: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                    }[];
                                    /** @enum {string} */
                                    type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                                };
                                orderVersion: number;
                                reason: string;
                                reasonCode: string;
                                requestVersion: number;
                                /** Format: date-time */
                                submittedAt: string;
                                submittedBy: string;
                            }[];
                            workflowId: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/change-requests/{changeId}/abandonment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give up a change that could not be applied; what was done of it is taken back first
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    changeId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @default  */
                        note?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: {
                                after: number;
                                before: number;
                            };
                            applicant: string;
                            approvers: {
                                account: string;
                                levelNumber: number;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                openedAt: string;
                                reminders: number;
                                requestVersion: number;
                                /** @enum {string} */
                                state: "open" | "approved" | "rejected" | "closed";
                                stepNumber: number;
                            }[];
                            /** @default [] */
                            attachments: {
                                /** Format: date-time */
                                attachedAt: string;
                                attachedBy: string;
                                /** Format: uuid */
                                attachmentId: string;
                                bytes: number;
                                erasedAt: string | null;
                                fileName: string;
                                fileUrl: string | null;
                                heightPixels: number | null;
                                /** @enum {string} */
                                mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                                originalSha256: string;
                                position: number;
                                requestVersion: number;
                                sha256: string;
                                thumbnailUrl: string | null;
                                /** Format: date-time */
                                uploadedAt: string;
                                uploadedBy: string;
                                widthPixels: number | null;
                            }[];
                            /** Format: uuid */
                            changeId: string;
                            changeNumber: string;
                            closedAt: string | null;
                            concessionCents: number;
                            contact: {
                                after: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                                before: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                            } | null;
                            /** Format: date-time */
                            createdAt: string;
                            decisions: {
                                account: string;
                                /** @enum {string} */
                                decision: "approve" | "reject";
                                note: string;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                recordedAt: string;
                                refusal: {
                                    code: string;
                                    detail: string;
                                } | null;
                                requestVersion: number;
                                stepNumber: number;
                                /** @enum {string} */
                                via: "console" | "wecom" | "temporal-cli";
                            }[];
                            differenceCents: number;
                            dueAt: string | null;
                            effect: {
                                amountCents: {
                                    after: number;
                                    before: number;
                                };
                                contact: {
                                    contactId: string;
                                    divisionCode: string;
                                } | null;
                                differenceCents: number;
                                freightCents: {
                                    after: number;
                                    before: number;
                                };
                                lines: {
                                    after: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    };
                                    before: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    } | null;
                                    lineNumber: number;
                                }[];
                                pausesPicking: boolean;
                                refunds: {
                                    amountCents: number;
                                    paymentId: string;
                                }[];
                                stillToPayCents: number;
                                stock: {
                                    lineNumber: number;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                /** @enum {string} */
                                type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            };
                            end: {
                                code: string;
                                detail: string;
                            } | null;
                            erpReference: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            /** Format: date-time */
                            expiresAt: string;
                            levelNumber: number;
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            /** Format: uuid */
                            orderId: string;
                            orderVersion: number;
                            policyVersion: number;
                            reason: string;
                            reasonCode: string;
                            requestVersion: number;
                            separationOfDuties: boolean;
                            shipBy: string | null;
                            /** @enum {string} */
                            status: "submitted" | "in_approval" | "approved" | "undoing" | "apply_failed" | "applied" | "rejected" | "withdrawn" | "expired" | "stale" | "abandoned";
                            stepNumber: number;
                            steps: {
                                levels: {
                                    approvers: ({
                                        role: string;
                                        /** @enum {string} */
                                        within: "store" | "region" | "headquarters";
                                    } | {
                                        account: string;
                                    })[];
                                    deadlineSeconds: number;
                                    mode: ("any" | "all") | {
                                        atLeast: number;
                                    };
                                    reminderSeconds: number | null;
                                    tier: string;
                                    title: string;
                                }[];
                            }[];
                            storeId: string;
                            tier: string;
                            /** @enum {string} */
                            type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            versions: {
                                effect: {
                                    amountCents: {
                                        after: number;
                                        before: number;
                                    };
                                    contact: {
                                        contactId: string;
                                        divisionCode: string;
                                    } | null;
                                    differenceCents: number;
                                    freightCents: {
                                        after: number;
                                        before: number;
                                    };
                                    lines: {
                                        after: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        };
                                        before: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        } | null;
                                        lineNumber: number;
                                    }[];
                                    pausesPicking: boolean;
                                    refunds: {
                                        amountCents: number;
                                        paymentId: string;
                                    }[];
                                    stillToPayCents: number;
                                    stock: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                    }[];
                                    /** @enum {string} */
                                    type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                                };
                                orderVersion: number;
                                reason: string;
                                reasonCode: string;
                                requestVersion: number;
                                /** Format: date-time */
                                submittedAt: string;
                                submittedBy: string;
                            }[];
                            workflowId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/change-requests/{changeId}/attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add files to your request while it waits for its decision
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    changeId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        attachmentIds: string[];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: {
                                after: number;
                                before: number;
                            };
                            applicant: string;
                            approvers: {
                                account: string;
                                levelNumber: number;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                openedAt: string;
                                reminders: number;
                                requestVersion: number;
                                /** @enum {string} */
                                state: "open" | "approved" | "rejected" | "closed";
                                stepNumber: number;
                            }[];
                            /** @default [] */
                            attachments: {
                                /** Format: date-time */
                                attachedAt: string;
                                attachedBy: string;
                                /** Format: uuid */
                                attachmentId: string;
                                bytes: number;
                                erasedAt: string | null;
                                fileName: string;
                                fileUrl: string | null;
                                heightPixels: number | null;
                                /** @enum {string} */
                                mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                                originalSha256: string;
                                position: number;
                                requestVersion: number;
                                sha256: string;
                                thumbnailUrl: string | null;
                                /** Format: date-time */
                                uploadedAt: string;
                                uploadedBy: string;
                                widthPixels: number | null;
                            }[];
                            /** Format: uuid */
                            changeId: string;
                            changeNumber: string;
                            closedAt: string | null;
                            concessionCents: number;
                            contact: {
                                after: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                                before: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                            } | null;
                            /** Format: date-time */
                            createdAt: string;
                            decisions: {
                                account: string;
                                /** @enum {string} */
                                decision: "approve" | "reject";
                                note: string;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                recordedAt: string;
                                refusal: {
                                    code: string;
                                    detail: string;
                                } | null;
                                requestVersion: number;
                                stepNumber: number;
                                /** @enum {string} */
                                via: "console" | "wecom" | "temporal-cli";
                            }[];
                            differenceCents: number;
                            dueAt: string | null;
                            effect: {
                                amountCents: {
                                    after: number;
                                    before: number;
                                };
                                contact: {
                                    contactId: string;
                                    divisionCode: string;
                                } | null;
                                differenceCents: number;
                                freightCents: {
                                    after: number;
                                    before: number;
                                };
                                lines: {
                                    after: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    };
                                    before: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    } | null;
                                    lineNumber: number;
                                }[];
                                pausesPicking: boolean;
                                refunds: {
                                    amountCents: number;
                                    paymentId: string;
                                }[];
                                stillToPayCents: number;
                                stock: {
                                    lineNumber: number;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                /** @enum {string} */
                                type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            };
                            end: {
                                code: string;
                                detail: string;
                            } | null;
                            erpReference: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            /** Format: date-time */
                            expiresAt: string;
                            levelNumber: number;
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            /** Format: uuid */
                            orderId: string;
                            orderVersion: number;
                            policyVersion: number;
                            reason: string;
                            reasonCode: string;
                            requestVersion: number;
                            separationOfDuties: boolean;
                            shipBy: string | null;
                            /** @enum {string} */
                            status: "submitted" | "in_approval" | "approved" | "undoing" | "apply_failed" | "applied" | "rejected" | "withdrawn" | "expired" | "stale" | "abandoned";
                            stepNumber: number;
                            steps: {
                                levels: {
                                    approvers: ({
                                        role: string;
                                        /** @enum {string} */
                                        within: "store" | "region" | "headquarters";
                                    } | {
                                        account: string;
                                    })[];
                                    deadlineSeconds: number;
                                    mode: ("any" | "all") | {
                                        atLeast: number;
                                    };
                                    reminderSeconds: number | null;
                                    tier: string;
                                    title: string;
                                }[];
                            }[];
                            storeId: string;
                            tier: string;
                            /** @enum {string} */
                            type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            versions: {
                                effect: {
                                    amountCents: {
                                        after: number;
                                        before: number;
                                    };
                                    contact: {
                                        contactId: string;
                                        divisionCode: string;
                                    } | null;
                                    differenceCents: number;
                                    freightCents: {
                                        after: number;
                                        before: number;
                                    };
                                    lines: {
                                        after: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        };
                                        before: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        } | null;
                                        lineNumber: number;
                                    }[];
                                    pausesPicking: boolean;
                                    refunds: {
                                        amountCents: number;
                                        paymentId: string;
                                    }[];
                                    stillToPayCents: number;
                                    stock: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                    }[];
                                    /** @enum {string} */
                                    type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                                };
                                orderVersion: number;
                                reason: string;
                                reasonCode: string;
                                requestVersion: number;
                                /** Format: date-time */
                                submittedAt: string;
                                submittedBy: string;
                            }[];
                            workflowId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/change-requests/{changeId}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve or reject the present step; the first decision counts
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    changeId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        decision: "approve" | "reject";
                        /** @default  */
                        note?: string;
                        orderVersion: number;
                        requestVersion: number;
                        stepNumber: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: {
                                after: number;
                                before: number;
                            };
                            applicant: string;
                            approvers: {
                                account: string;
                                levelNumber: number;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                openedAt: string;
                                reminders: number;
                                requestVersion: number;
                                /** @enum {string} */
                                state: "open" | "approved" | "rejected" | "closed";
                                stepNumber: number;
                            }[];
                            /** @default [] */
                            attachments: {
                                /** Format: date-time */
                                attachedAt: string;
                                attachedBy: string;
                                /** Format: uuid */
                                attachmentId: string;
                                bytes: number;
                                erasedAt: string | null;
                                fileName: string;
                                fileUrl: string | null;
                                heightPixels: number | null;
                                /** @enum {string} */
                                mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                                originalSha256: string;
                                position: number;
                                requestVersion: number;
                                sha256: string;
                                thumbnailUrl: string | null;
                                /** Format: date-time */
                                uploadedAt: string;
                                uploadedBy: string;
                                widthPixels: number | null;
                            }[];
                            /** Format: uuid */
                            changeId: string;
                            changeNumber: string;
                            closedAt: string | null;
                            concessionCents: number;
                            contact: {
                                after: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                                before: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                            } | null;
                            /** Format: date-time */
                            createdAt: string;
                            decisions: {
                                account: string;
                                /** @enum {string} */
                                decision: "approve" | "reject";
                                note: string;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                recordedAt: string;
                                refusal: {
                                    code: string;
                                    detail: string;
                                } | null;
                                requestVersion: number;
                                stepNumber: number;
                                /** @enum {string} */
                                via: "console" | "wecom" | "temporal-cli";
                            }[];
                            differenceCents: number;
                            dueAt: string | null;
                            effect: {
                                amountCents: {
                                    after: number;
                                    before: number;
                                };
                                contact: {
                                    contactId: string;
                                    divisionCode: string;
                                } | null;
                                differenceCents: number;
                                freightCents: {
                                    after: number;
                                    before: number;
                                };
                                lines: {
                                    after: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    };
                                    before: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    } | null;
                                    lineNumber: number;
                                }[];
                                pausesPicking: boolean;
                                refunds: {
                                    amountCents: number;
                                    paymentId: string;
                                }[];
                                stillToPayCents: number;
                                stock: {
                                    lineNumber: number;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                /** @enum {string} */
                                type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            };
                            end: {
                                code: string;
                                detail: string;
                            } | null;
                            erpReference: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            /** Format: date-time */
                            expiresAt: string;
                            levelNumber: number;
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            /** Format: uuid */
                            orderId: string;
                            orderVersion: number;
                            policyVersion: number;
                            reason: string;
                            reasonCode: string;
                            requestVersion: number;
                            separationOfDuties: boolean;
                            shipBy: string | null;
                            /** @enum {string} */
                            status: "submitted" | "in_approval" | "approved" | "undoing" | "apply_failed" | "applied" | "rejected" | "withdrawn" | "expired" | "stale" | "abandoned";
                            stepNumber: number;
                            steps: {
                                levels: {
                                    approvers: ({
                                        role: string;
                                        /** @enum {string} */
                                        within: "store" | "region" | "headquarters";
                                    } | {
                                        account: string;
                                    })[];
                                    deadlineSeconds: number;
                                    mode: ("any" | "all") | {
                                        atLeast: number;
                                    };
                                    reminderSeconds: number | null;
                                    tier: string;
                                    title: string;
                                }[];
                            }[];
                            storeId: string;
                            tier: string;
                            /** @enum {string} */
                            type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            versions: {
                                effect: {
                                    amountCents: {
                                        after: number;
                                        before: number;
                                    };
                                    contact: {
                                        contactId: string;
                                        divisionCode: string;
                                    } | null;
                                    differenceCents: number;
                                    freightCents: {
                                        after: number;
                                        before: number;
                                    };
                                    lines: {
                                        after: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        };
                                        before: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        } | null;
                                        lineNumber: number;
                                    }[];
                                    pausesPicking: boolean;
                                    refunds: {
                                        amountCents: number;
                                        paymentId: string;
                                    }[];
                                    stillToPayCents: number;
                                    stock: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                    }[];
                                    /** @enum {string} */
                                    type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                                };
                                orderVersion: number;
                                reason: string;
                                reasonCode: string;
                                requestVersion: number;
                                /** Format: date-time */
                                submittedAt: string;
                                submittedBy: string;
                            }[];
                            workflowId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/change-requests/{changeId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try again what could not be applied, or not be taken back
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    changeId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: {
                                after: number;
                                before: number;
                            };
                            applicant: string;
                            approvers: {
                                account: string;
                                levelNumber: number;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                openedAt: string;
                                reminders: number;
                                requestVersion: number;
                                /** @enum {string} */
                                state: "open" | "approved" | "rejected" | "closed";
                                stepNumber: number;
                            }[];
                            /** @default [] */
                            attachments: {
                                /** Format: date-time */
                                attachedAt: string;
                                attachedBy: string;
                                /** Format: uuid */
                                attachmentId: string;
                                bytes: number;
                                erasedAt: string | null;
                                fileName: string;
                                fileUrl: string | null;
                                heightPixels: number | null;
                                /** @enum {string} */
                                mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                                originalSha256: string;
                                position: number;
                                requestVersion: number;
                                sha256: string;
                                thumbnailUrl: string | null;
                                /** Format: date-time */
                                uploadedAt: string;
                                uploadedBy: string;
                                widthPixels: number | null;
                            }[];
                            /** Format: uuid */
                            changeId: string;
                            changeNumber: string;
                            closedAt: string | null;
                            concessionCents: number;
                            contact: {
                                after: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                                before: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                            } | null;
                            /** Format: date-time */
                            createdAt: string;
                            decisions: {
                                account: string;
                                /** @enum {string} */
                                decision: "approve" | "reject";
                                note: string;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                recordedAt: string;
                                refusal: {
                                    code: string;
                                    detail: string;
                                } | null;
                                requestVersion: number;
                                stepNumber: number;
                                /** @enum {string} */
                                via: "console" | "wecom" | "temporal-cli";
                            }[];
                            differenceCents: number;
                            dueAt: string | null;
                            effect: {
                                amountCents: {
                                    after: number;
                                    before: number;
                                };
                                contact: {
                                    contactId: string;
                                    divisionCode: string;
                                } | null;
                                differenceCents: number;
                                freightCents: {
                                    after: number;
                                    before: number;
                                };
                                lines: {
                                    after: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    };
                                    before: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    } | null;
                                    lineNumber: number;
                                }[];
                                pausesPicking: boolean;
                                refunds: {
                                    amountCents: number;
                                    paymentId: string;
                                }[];
                                stillToPayCents: number;
                                stock: {
                                    lineNumber: number;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                /** @enum {string} */
                                type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            };
                            end: {
                                code: string;
                                detail: string;
                            } | null;
                            erpReference: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            /** Format: date-time */
                            expiresAt: string;
                            levelNumber: number;
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            /** Format: uuid */
                            orderId: string;
                            orderVersion: number;
                            policyVersion: number;
                            reason: string;
                            reasonCode: string;
                            requestVersion: number;
                            separationOfDuties: boolean;
                            shipBy: string | null;
                            /** @enum {string} */
                            status: "submitted" | "in_approval" | "approved" | "undoing" | "apply_failed" | "applied" | "rejected" | "withdrawn" | "expired" | "stale" | "abandoned";
                            stepNumber: number;
                            steps: {
                                levels: {
                                    approvers: ({
                                        role: string;
                                        /** @enum {string} */
                                        within: "store" | "region" | "headquarters";
                                    } | {
                                        account: string;
                                    })[];
                                    deadlineSeconds: number;
                                    mode: ("any" | "all") | {
                                        atLeast: number;
                                    };
                                    reminderSeconds: number | null;
                                    tier: string;
                                    title: string;
                                }[];
                            }[];
                            storeId: string;
                            tier: string;
                            /** @enum {string} */
                            type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            versions: {
                                effect: {
                                    amountCents: {
                                        after: number;
                                        before: number;
                                    };
                                    contact: {
                                        contactId: string;
                                        divisionCode: string;
                                    } | null;
                                    differenceCents: number;
                                    freightCents: {
                                        after: number;
                                        before: number;
                                    };
                                    lines: {
                                        after: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        };
                                        before: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        } | null;
                                        lineNumber: number;
                                    }[];
                                    pausesPicking: boolean;
                                    refunds: {
                                        amountCents: number;
                                        paymentId: string;
                                    }[];
                                    stillToPayCents: number;
                                    stock: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                    }[];
                                    /** @enum {string} */
                                    type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                                };
                                orderVersion: number;
                                reason: string;
                                reasonCode: string;
                                requestVersion: number;
                                /** Format: date-time */
                                submittedAt: string;
                                submittedBy: string;
                            }[];
                            workflowId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/change-requests/{changeId}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask again for your rejected request, changed; it is decided from the beginning
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    changeId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        attachmentIds?: string[];
                        change: {
                            freightCents?: number;
                            /** @default [] */
                            lines?: {
                                lineNumber: number;
                                unitPriceCents: number;
                            }[];
                            /** @enum {string} */
                            type: "price";
                        } | {
                            contact: {
                                address: string;
                                divisionCode: string;
                                name: string;
                                phone: string;
                                remark?: string;
                            };
                            /** @enum {string} */
                            type: "address";
                        } | {
                            lines: {
                                lineNumber: number;
                                quantity: number;
                                skuId: string;
                                unitPriceCents: number;
                            }[];
                            /** @enum {string} */
                            type: "item";
                        } | {
                            lines: {
                                lineNumber: number;
                                quantity: number;
                            }[];
                            /** @enum {string} */
                            type: "quantity";
                        } | {
                            lines: {
                                quantity: number;
                                skuId: string;
                            }[];
                            /** @enum {string} */
                            type: "gift";
                        } | {
                            /** @enum {string} */
                            type: "cancel";
                        } | {
                            amountCents: number;
                            paymentId: string;
                            /** @enum {string} */
                            type: "refund";
                        } | {
                            lines: {
                                lineNumber: number;
                                quantity: number;
                            }[];
                            /** @enum {string} */
                            type: "reship";
                        };
                        orderVersion: number;
                        reason: string;
                        /** @enum {string} */
                        reasonCode: "customer_request" | "price_error" | "wrong_address" | "out_of_stock" | "quality" | "goodwill" | "duplicate_order" | "other";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: {
                                after: number;
                                before: number;
                            };
                            applicant: string;
                            approvers: {
                                account: string;
                                levelNumber: number;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                openedAt: string;
                                reminders: number;
                                requestVersion: number;
                                /** @enum {string} */
                                state: "open" | "approved" | "rejected" | "closed";
                                stepNumber: number;
                            }[];
                            /** @default [] */
                            attachments: {
                                /** Format: date-time */
                                attachedAt: string;
                                attachedBy: string;
                                /** Format: uuid */
                                attachmentId: string;
                                bytes: number;
                                erasedAt: string | null;
                                fileName: string;
                                fileUrl: string | null;
                                heightPixels: number | null;
                                /** @enum {string} */
                                mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                                originalSha256: string;
                                position: number;
                                requestVersion: number;
                                sha256: string;
                                thumbnailUrl: string | null;
                                /** Format: date-time */
                                uploadedAt: string;
                                uploadedBy: string;
                                widthPixels: number | null;
                            }[];
                            /** Format: uuid */
                            changeId: string;
                            changeNumber: string;
                            closedAt: string | null;
                            concessionCents: number;
                            contact: {
                                after: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                                before: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                            } | null;
                            /** Format: date-time */
                            createdAt: string;
                            decisions: {
                                account: string;
                                /** @enum {string} */
                                decision: "approve" | "reject";
                                note: string;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                recordedAt: string;
                                refusal: {
                                    code: string;
                                    detail: string;
                                } | null;
                                requestVersion: number;
                                stepNumber: number;
                                /** @enum {string} */
                                via: "console" | "wecom" | "temporal-cli";
                            }[];
                            differenceCents: number;
                            dueAt: string | null;
                            effect: {
                                amountCents: {
                                    after: number;
                                    before: number;
                                };
                                contact: {
                                    contactId: string;
                                    divisionCode: string;
                                } | null;
                                differenceCents: number;
                                freightCents: {
                                    after: number;
                                    before: number;
                                };
                                lines: {
                                    after: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    };
                                    before: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    } | null;
                                    lineNumber: number;
                                }[];
                                pausesPicking: boolean;
                                refunds: {
                                    amountCents: number;
                                    paymentId: string;
                                }[];
                                stillToPayCents: number;
                                stock: {
                                    lineNumber: number;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                /** @enum {string} */
                                type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            };
                            end: {
                                code: string;
                                detail: string;
                            } | null;
                            erpReference: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            /** Format: date-time */
                            expiresAt: string;
                            levelNumber: number;
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            /** Format: uuid */
                            orderId: string;
                            orderVersion: number;
                            policyVersion: number;
                            reason: string;
                            reasonCode: string;
                            requestVersion: number;
                            separationOfDuties: boolean;
                            shipBy: string | null;
                            /** @enum {string} */
                            status: "submitted" | "in_approval" | "approved" | "undoing" | "apply_failed" | "applied" | "rejected" | "withdrawn" | "expired" | "stale" | "abandoned";
                            stepNumber: number;
                            steps: {
                                levels: {
                                    approvers: ({
                                        role: string;
                                        /** @enum {string} */
                                        within: "store" | "region" | "headquarters";
                                    } | {
                                        account: string;
                                    })[];
                                    deadlineSeconds: number;
                                    mode: ("any" | "all") | {
                                        atLeast: number;
                                    };
                                    reminderSeconds: number | null;
                                    tier: string;
                                    title: string;
                                }[];
                            }[];
                            storeId: string;
                            tier: string;
                            /** @enum {string} */
                            type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            versions: {
                                effect: {
                                    amountCents: {
                                        after: number;
                                        before: number;
                                    };
                                    contact: {
                                        contactId: string;
                                        divisionCode: string;
                                    } | null;
                                    differenceCents: number;
                                    freightCents: {
                                        after: number;
                                        before: number;
                                    };
                                    lines: {
                                        after: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        };
                                        before: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        } | null;
                                        lineNumber: number;
                                    }[];
                                    pausesPicking: boolean;
                                    refunds: {
                                        amountCents: number;
                                        paymentId: string;
                                    }[];
                                    stillToPayCents: number;
                                    stock: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                    }[];
                                    /** @enum {string} */
                                    type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                                };
                                orderVersion: number;
                                reason: string;
                                reasonCode: string;
                                requestVersion: number;
                                /** Format: date-time */
                                submittedAt: string;
                                submittedBy: string;
                            }[];
                            workflowId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/change-requests/{changeId}/withdrawal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take your own request back
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    changeId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @default  */
                        note?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: {
                                after: number;
                                before: number;
                            };
                            applicant: string;
                            approvers: {
                                account: string;
                                levelNumber: number;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                openedAt: string;
                                reminders: number;
                                requestVersion: number;
                                /** @enum {string} */
                                state: "open" | "approved" | "rejected" | "closed";
                                stepNumber: number;
                            }[];
                            /** @default [] */
                            attachments: {
                                /** Format: date-time */
                                attachedAt: string;
                                attachedBy: string;
                                /** Format: uuid */
                                attachmentId: string;
                                bytes: number;
                                erasedAt: string | null;
                                fileName: string;
                                fileUrl: string | null;
                                heightPixels: number | null;
                                /** @enum {string} */
                                mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                                originalSha256: string;
                                position: number;
                                requestVersion: number;
                                sha256: string;
                                thumbnailUrl: string | null;
                                /** Format: date-time */
                                uploadedAt: string;
                                uploadedBy: string;
                                widthPixels: number | null;
                            }[];
                            /** Format: uuid */
                            changeId: string;
                            changeNumber: string;
                            closedAt: string | null;
                            concessionCents: number;
                            contact: {
                                after: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                                before: {
                                    address: string;
                                    contactId: string;
                                    divisionCode: string;
                                    name: string;
                                    phone: string;
                                    remark: string;
                                } | null;
                            } | null;
                            /** Format: date-time */
                            createdAt: string;
                            decisions: {
                                account: string;
                                /** @enum {string} */
                                decision: "approve" | "reject";
                                note: string;
                                onBehalfOf: string | null;
                                /** Format: date-time */
                                recordedAt: string;
                                refusal: {
                                    code: string;
                                    detail: string;
                                } | null;
                                requestVersion: number;
                                stepNumber: number;
                                /** @enum {string} */
                                via: "console" | "wecom" | "temporal-cli";
                            }[];
                            differenceCents: number;
                            dueAt: string | null;
                            effect: {
                                amountCents: {
                                    after: number;
                                    before: number;
                                };
                                contact: {
                                    contactId: string;
                                    divisionCode: string;
                                } | null;
                                differenceCents: number;
                                freightCents: {
                                    after: number;
                                    before: number;
                                };
                                lines: {
                                    after: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    };
                                    before: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                        unitPriceCents: number;
                                    } | null;
                                    lineNumber: number;
                                }[];
                                pausesPicking: boolean;
                                refunds: {
                                    amountCents: number;
                                    paymentId: string;
                                }[];
                                stillToPayCents: number;
                                stock: {
                                    lineNumber: number;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                /** @enum {string} */
                                type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            };
                            end: {
                                code: string;
                                detail: string;
                            } | null;
                            erpReference: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            /** Format: date-time */
                            expiresAt: string;
                            levelNumber: number;
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            /** Format: uuid */
                            orderId: string;
                            orderVersion: number;
                            policyVersion: number;
                            reason: string;
                            reasonCode: string;
                            requestVersion: number;
                            separationOfDuties: boolean;
                            shipBy: string | null;
                            /** @enum {string} */
                            status: "submitted" | "in_approval" | "approved" | "undoing" | "apply_failed" | "applied" | "rejected" | "withdrawn" | "expired" | "stale" | "abandoned";
                            stepNumber: number;
                            steps: {
                                levels: {
                                    approvers: ({
                                        role: string;
                                        /** @enum {string} */
                                        within: "store" | "region" | "headquarters";
                                    } | {
                                        account: string;
                                    })[];
                                    deadlineSeconds: number;
                                    mode: ("any" | "all") | {
                                        atLeast: number;
                                    };
                                    reminderSeconds: number | null;
                                    tier: string;
                                    title: string;
                                }[];
                            }[];
                            storeId: string;
                            tier: string;
                            /** @enum {string} */
                            type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            versions: {
                                effect: {
                                    amountCents: {
                                        after: number;
                                        before: number;
                                    };
                                    contact: {
                                        contactId: string;
                                        divisionCode: string;
                                    } | null;
                                    differenceCents: number;
                                    freightCents: {
                                        after: number;
                                        before: number;
                                    };
                                    lines: {
                                        after: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        };
                                        before: {
                                            lineNumber: number;
                                            quantity: number;
                                            skuId: string;
                                            unitPriceCents: number;
                                        } | null;
                                        lineNumber: number;
                                    }[];
                                    pausesPicking: boolean;
                                    refunds: {
                                        amountCents: number;
                                        paymentId: string;
                                    }[];
                                    stillToPayCents: number;
                                    stock: {
                                        lineNumber: number;
                                        quantity: number;
                                        skuId: string;
                                    }[];
                                    /** @enum {string} */
                                    type: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                                };
                                orderVersion: number;
                                reason: string;
                                reasonCode: string;
                                requestVersion: number;
                                /** Format: date-time */
                                submittedAt: string;
                                submittedBy: string;
                            }[];
                            workflowId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/change-requests/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same as CSV or XLSX, the oldest first, a row for each version of a request
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    applicant?: string;
                    changeNumber?: string;
                    createdFrom?: string;
                    createdTo?: string;
                    format?: "csv" | "xlsx";
                    needsAttention?: string;
                    open?: string;
                    orderId?: string;
                    status?: "submitted" | "in_approval" | "approved" | "undoing" | "apply_failed" | "applied" | "rejected" | "withdrawn" | "expired" | "stale" | "abandoned";
                    storeId?: string;
                    type?: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": unknown;
                        "text/csv; charset=utf-8": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/channel-orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Orders as their platforms last told them; those that are held with the reason
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    platformOrderId?: string;
                    reason?: "unmapped" | "unknown_address" | "unknown_status" | "bad_amounts" | "bad_order";
                    shopId?: string;
                    sort?: "newest" | "oldest";
                    state?: "held" | "placed" | "ignored";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                amountCents: number;
                                /** Format: date-time */
                                firstSeenAt: string;
                                heldReason: ("unmapped" | "unknown_address" | "unknown_status" | "bad_amounts" | "bad_order") | null;
                                /** Format: date-time */
                                modifiedAt: string;
                                orderId: string | null;
                                platform: string;
                                platformOrderId: string;
                                rawStatus: string;
                                shopId: string;
                                /** @enum {string} */
                                state: "held" | "placed" | "ignored";
                                status: ("unpaid" | "paid" | "part_shipped" | "shipped" | "delivered" | "completed" | "closed") | null;
                                storeId: string;
                                /** Format: date-time */
                                updatedAt: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/channel-orders/{shopId}/{platformOrderId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One order as its platform last told it
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    platformOrderId: string;
                    shopId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: number;
                            /** Format: date-time */
                            firstSeenAt: string;
                            heldReason: ("unmapped" | "unknown_address" | "unknown_status" | "bad_amounts" | "bad_order") | null;
                            lines: {
                                amountCents: number;
                                outerSkuId: string | null;
                                platformLineId: string;
                                platformSkuId: string;
                                quantity: number;
                                /** @enum {string} */
                                refund: "none" | "open" | "done";
                                title: string;
                            }[];
                            mappingVersions: {
                                [key: string]: number;
                            };
                            /** Format: date-time */
                            modifiedAt: string;
                            orderId: string | null;
                            platform: string;
                            platformOrderId: string;
                            rawStatus: string;
                            shippingForbidden: boolean;
                            shopId: string;
                            /** @enum {string} */
                            state: "held" | "placed" | "ignored";
                            status: ("unpaid" | "paid" | "part_shipped" | "shipped" | "delivered" | "completed" | "closed") | null;
                            storeId: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/channel-orders/{shopId}/{platformOrderId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try to place a held order again; it happens within a second
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    platformOrderId: string;
                    shopId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: number;
                            /** Format: date-time */
                            firstSeenAt: string;
                            heldReason: ("unmapped" | "unknown_address" | "unknown_status" | "bad_amounts" | "bad_order") | null;
                            lines: {
                                amountCents: number;
                                outerSkuId: string | null;
                                platformLineId: string;
                                platformSkuId: string;
                                quantity: number;
                                /** @enum {string} */
                                refund: "none" | "open" | "done";
                                title: string;
                            }[];
                            mappingVersions: {
                                [key: string]: number;
                            };
                            /** Format: date-time */
                            modifiedAt: string;
                            orderId: string | null;
                            platform: string;
                            platformOrderId: string;
                            rawStatus: string;
                            shippingForbidden: boolean;
                            shopId: string;
                            /** @enum {string} */
                            state: "held" | "placed" | "ignored";
                            status: ("unpaid" | "paid" | "part_shipped" | "shipped" | "delivered" | "completed" | "closed") | null;
                            storeId: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/complaints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Complaints about the orders of your stores
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    category?: "late_shipping" | "late_delivery" | "not_received" | "damaged" | "wrong_item" | "missing_item" | "quality" | "not_as_described" | "counterfeit" | "price" | "service" | "other";
                    channel?: string;
                    cursor?: string;
                    from?: string;
                    limit?: number;
                    orderId?: string;
                    sort?: "newest" | "oldest";
                    source?: "customer_service" | "channel_refund";
                    storeId?: string;
                    to?: string;
                    withdrawn?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @enum {string} */
                                category: "late_shipping" | "late_delivery" | "not_received" | "damaged" | "wrong_item" | "missing_item" | "quality" | "not_as_described" | "counterfeit" | "price" | "service" | "other";
                                channel: string;
                                /** Format: uuid */
                                complaintId: string;
                                externalId: string | null;
                                meaning: {
                                    en: string;
                                    zh: string;
                                };
                                note: string | null;
                                /** Format: date-time */
                                occurredAt: string;
                                /** Format: uuid */
                                orderId: string;
                                /** Format: date-time */
                                recordedAt: string;
                                recordedBy: string;
                                refundReason: string | null;
                                /** @enum {string} */
                                source: "customer_service" | "channel_refund";
                                storeId: string;
                                withdrawn: {
                                    /** Format: date-time */
                                    at: string;
                                    by: string;
                                    reason: string;
                                } | null;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Record a complaint about an order
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        category?: "late_shipping" | "late_delivery" | "not_received" | "damaged" | "wrong_item" | "missing_item" | "quality" | "not_as_described" | "counterfeit" | "price" | "service" | "other";
                        externalId?: string;
                        note?: string;
                        /** Format: date-time */
                        occurredAt?: string;
                        /** Format: uuid */
                        orderId: string;
                        refundReason?: string;
                        /**
                         * @default customer_service
                         * @enum {string}
                         */
                        source?: "customer_service" | "channel_refund";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            category: "late_shipping" | "late_delivery" | "not_received" | "damaged" | "wrong_item" | "missing_item" | "quality" | "not_as_described" | "counterfeit" | "price" | "service" | "other";
                            channel: string;
                            /** Format: uuid */
                            complaintId: string;
                            externalId: string | null;
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            note: string | null;
                            /** Format: date-time */
                            occurredAt: string;
                            /** Format: uuid */
                            orderId: string;
                            /** Format: date-time */
                            recordedAt: string;
                            recordedBy: string;
                            refundReason: string | null;
                            /** @enum {string} */
                            source: "customer_service" | "channel_refund";
                            storeId: string;
                            withdrawn: {
                                /** Format: date-time */
                                at: string;
                                by: string;
                                reason: string;
                            } | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/complaints/{complaintId}/withdrawal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take back a complaint that was entered by mistake
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    complaintId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            category: "late_shipping" | "late_delivery" | "not_received" | "damaged" | "wrong_item" | "missing_item" | "quality" | "not_as_described" | "counterfeit" | "price" | "service" | "other";
                            channel: string;
                            /** Format: uuid */
                            complaintId: string;
                            externalId: string | null;
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            note: string | null;
                            /** Format: date-time */
                            occurredAt: string;
                            /** Format: uuid */
                            orderId: string;
                            /** Format: date-time */
                            recordedAt: string;
                            recordedBy: string;
                            refundReason: string | null;
                            /** @enum {string} */
                            source: "customer_service" | "channel_refund";
                            storeId: string;
                            withdrawn: {
                                /** Format: date-time */
                                at: string;
                                by: string;
                                reason: string;
                            } | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/console": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where other pages of this installation are
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description where workflows can be looked at; null: the installation does not say */
                            temporalWeb: {
                                namespace: string;
                                origin: string;
                            } | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courier-sources/{source}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a source pushed of parcels, and what became of it
         * @description Systems: ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    sort?: "newest" | "oldest";
                    state?: "unread" | "read" | "set_aside" | "dismissed";
                    waybillNumber?: string;
                };
                header?: never;
                path: {
                    source: "kuaidi100";
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                attempts: number;
                                canReplay: boolean;
                                lastError: string | null;
                                /** @description the hub’s own number of it */
                                messageId: string;
                                /** @description null: it is not tried any more */
                                nextAttemptAt: string | null;
                                /** @description whose parcel it was read for */
                                orderId: string | null;
                                /** Format: date-time */
                                receivedAt: string;
                                settledAt: string | null;
                                /** @enum {string} */
                                state: "unread" | "read" | "set_aside" | "dismissed";
                                /** @description null: it is no longer kept */
                                waybillNumber: string | null;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courier-sources/{source}/messages/{messageId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read a push once more that was set aside
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    messageId: string;
                    source: "kuaidi100";
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/couriers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Couriers with their parcels under way: lag, last push, last poll, errors
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    sort?: "courier" | "-courier";
                    troubled?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @description of the source, for all its couriers together */
                                callsPerSecond: number;
                                /** @description the hub’s code of it */
                                courier: string;
                                parcels: {
                                    /** @description three or more calls in a row failed */
                                    failing: number;
                                    /** @description whether there are more than were looked at */
                                    isCapped: boolean;
                                    /** @description not asked about for twice as long as they should be */
                                    overdue: number;
                                    /** @description no scan for too long, which a person was told */
                                    silent: number;
                                    /** @description of orders that are open; one of a shared waybill */
                                    underWay: number;
                                };
                                poll: {
                                    /** @description null while it is not known */
                                    lagSeconds: number | null;
                                    lagTargetSeconds: number;
                                    /** @description of the parcel that failed last and still does */
                                    lastError: string | null;
                                    lastSuccessAt: string | null;
                                    /** @enum {string} */
                                    state: "unknown" | "connected" | "ok" | "failing";
                                };
                                push: {
                                    /** @description null while it is not known */
                                    lagSeconds: number | null;
                                    lagTargetSeconds: number;
                                    /** @description of a parcel of this courier that is under way */
                                    lastMessageAt: string | null;
                                    /** @description pushes of the source that could not be read, or name no parcel of ours */
                                    setAside: number;
                                    /** @enum {string} */
                                    state: "unknown" | "connected" | "ok" | "failing";
                                    /** @description pushes of the source that are kept and not read */
                                    waiting: number;
                                } | null;
                                /** @enum {string} */
                                source: "gateway" | "sf" | "kuaidi100";
                                /** @description where the source is asked, as it is configured */
                                sourceUrl: string;
                                waybillsPerCall: number;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/couriers/{courier}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One courier
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    courier: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description of the source, for all its couriers together */
                            callsPerSecond: number;
                            /** @description the hub’s code of it */
                            courier: string;
                            parcels: {
                                /** @description three or more calls in a row failed */
                                failing: number;
                                /** @description whether there are more than were looked at */
                                isCapped: boolean;
                                /** @description not asked about for twice as long as they should be */
                                overdue: number;
                                /** @description no scan for too long, which a person was told */
                                silent: number;
                                /** @description of orders that are open; one of a shared waybill */
                                underWay: number;
                            };
                            poll: {
                                /** @description null while it is not known */
                                lagSeconds: number | null;
                                lagTargetSeconds: number;
                                /** @description of the parcel that failed last and still does */
                                lastError: string | null;
                                lastSuccessAt: string | null;
                                /** @enum {string} */
                                state: "unknown" | "connected" | "ok" | "failing";
                            };
                            push: {
                                /** @description null while it is not known */
                                lagSeconds: number | null;
                                lagTargetSeconds: number;
                                /** @description of a parcel of this courier that is under way */
                                lastMessageAt: string | null;
                                /** @description pushes of the source that could not be read, or name no parcel of ours */
                                setAside: number;
                                /** @enum {string} */
                                state: "unknown" | "connected" | "ok" | "failing";
                                /** @description pushes of the source that are kept and not read */
                                waiting: number;
                            } | null;
                            /** @enum {string} */
                            source: "gateway" | "sf" | "kuaidi100";
                            /** @description where the source is asked, as it is configured */
                            sourceUrl: string;
                            waybillsPerCall: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/couriers/{courier}/parcels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Parcels under way with a courier, and how each is followed
         * @description Systems: ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    sort?: "newest" | "oldest";
                    standing?: "overdue" | "failing" | "silent";
                    waybillNumber?: string;
                };
                header?: never;
                path: {
                    courier: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: date-time */
                                createdAt: string;
                                /** @description calls in a row that failed */
                                failures: number;
                                lastError: string | null;
                                /** @description a scan that had not been known */
                                lastNewsAt: string | null;
                                /** @description also of a call that failed */
                                lastPollAt: string | null;
                                lastPushAt: string | null;
                                nextPollAt: string | null;
                                /** Format: uuid */
                                orderId: string;
                                parcelId: string;
                                /** @description what is wrong with it; none: nothing */
                                standings: ("overdue" | "failing" | "silent")[];
                                /** @enum {string} */
                                state: "shipped" | "in_transit" | "refused" | "delivered" | "returned" | "lost";
                                /** @description the last time that its source was asked to push; null: never */
                                subscription: {
                                    /** Format: date-time */
                                    askedAt: string;
                                    /** @description what the source answered */
                                    detail: string | null;
                                    /** @enum {string} */
                                    state: "asked" | "active" | "refused" | "ended";
                                } | null;
                                waybillNumber: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customer-segments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The segments, how many customers are in each, and where they are cut
         * @description Systems: ops. Roles: finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            cuts: {
                                /** @description orders */
                                frequency: number[];
                                /** @description yuan */
                                monetary: number[];
                                /** @description days of the last order */
                                recency: string[];
                            };
                            gradedOn: string | null;
                            otherCustomers: number;
                            policyVersion: number;
                            refreshedAt: string | null;
                            segments: {
                                averageOrderCents: number | null;
                                code: string;
                                customers: number;
                                netCents: number;
                                orders: number;
                                service: {
                                    allocationPriority: number;
                                    approvalLeniencyCents: number;
                                    freeReships: number;
                                };
                                /** @description of all customers with orders in the window */
                                share: number | null;
                                title: string;
                                url: string;
                            }[];
                            windowFrom: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Customers with their figures
         * @description Systems: ops. Roles: finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    complained?: string;
                    cursor?: string;
                    lastOrderFrom?: string;
                    lastOrderTo?: string;
                    limit?: number;
                    minimumNetCents?: number;
                    minimumOrders?: number;
                    preferredChannel?: string;
                    preferredWarehouseId?: string;
                    segment?: string;
                    sort?: "valuable" | "frequent" | "recent" | "lapsed" | "complaining";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                amountCents: number;
                                averageOrderCents: number | null;
                                changeRequests: number;
                                complaints: number;
                                /** Format: uuid */
                                customerId: string;
                                daysBetweenOrders: number | null;
                                erasedAt: string | null;
                                firstOrderAt: string | null;
                                lastOrderAt: string | null;
                                lifetimeOrders: number;
                                mergedInto: string | null;
                                /** @description paid less what went back */
                                netCents: number;
                                orders: number;
                                preferredChannel: string | null;
                                preferredWarehouseId: string | null;
                                recencyDays: number | null;
                                returnedOrders: number;
                                returnRate: number | null;
                                scores: {
                                    frequency: number;
                                    monetary: number;
                                    recency: number;
                                } | null;
                                segment: {
                                    code: string;
                                    title: string;
                                } | null;
                                service: {
                                    allocationPriority: number;
                                    approvalLeniencyCents: number;
                                    freeReships: number;
                                };
                                version: number;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/{customerId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A customer, with what they are known by
         * @description Systems: ops. Roles: finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    customerId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: number;
                            averageOrderCents: number | null;
                            changeRequests: number;
                            complaints: number;
                            /** Format: uuid */
                            customerId: string;
                            daysBetweenOrders: number | null;
                            erasedAt: string | null;
                            firstOrderAt: string | null;
                            identities: {
                                /** @description where it was seen first */
                                channel: string;
                                erasedAt: string | null;
                                /** Format: uuid */
                                identityId: string;
                                /** @enum {string} */
                                kind: "phone" | "buyer";
                                orders: number;
                                /** Format: date-time */
                                seenAt: string;
                            }[];
                            lastOrderAt: string | null;
                            lifetimeOrders: number;
                            mergedInto: string | null;
                            /** @description paid less what went back */
                            netCents: number;
                            orders: number;
                            preferredChannel: string | null;
                            preferredWarehouseId: string | null;
                            recencyDays: number | null;
                            refreshedAt: string | null;
                            returnedOrders: number;
                            returnRate: number | null;
                            scores: {
                                frequency: number;
                                monetary: number;
                                recency: number;
                            } | null;
                            segment: {
                                code: string;
                                title: string;
                            } | null;
                            service: {
                                allocationPriority: number;
                                approvalLeniencyCents: number;
                                freeReships: number;
                            };
                            version: number;
                            /** @description orders from here on are counted; null before anything was */
                            windowFrom: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/{customerId}/erasure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase a person on their request; their figures stay and lead to nobody
         * @description Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    customerId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        reason: string;
                        /** @description as it was read: somebody else may have changed it since */
                        version: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            attachments: number;
                            contacts: number;
                            /** Format: uuid */
                            customerId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/{customerId}/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that another customer is this one
         * @description Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    customerId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: uuid */
                        otherCustomerId: string;
                        reason: string;
                        /** @description as it was read: somebody else may have changed it since */
                        version: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: number;
                            averageOrderCents: number | null;
                            changeRequests: number;
                            complaints: number;
                            /** Format: uuid */
                            customerId: string;
                            daysBetweenOrders: number | null;
                            erasedAt: string | null;
                            firstOrderAt: string | null;
                            identities: {
                                /** @description where it was seen first */
                                channel: string;
                                erasedAt: string | null;
                                /** Format: uuid */
                                identityId: string;
                                /** @enum {string} */
                                kind: "phone" | "buyer";
                                orders: number;
                                /** Format: date-time */
                                seenAt: string;
                            }[];
                            lastOrderAt: string | null;
                            lifetimeOrders: number;
                            mergedInto: string | null;
                            /** @description paid less what went back */
                            netCents: number;
                            orders: number;
                            preferredChannel: string | null;
                            preferredWarehouseId: string | null;
                            recencyDays: number | null;
                            refreshedAt: string | null;
                            returnedOrders: number;
                            returnRate: number | null;
                            scores: {
                                frequency: number;
                                monetary: number;
                                recency: number;
                            } | null;
                            segment: {
                                code: string;
                                title: string;
                            } | null;
                            service: {
                                allocationPriority: number;
                                approvalLeniencyCents: number;
                                freeReships: number;
                            };
                            version: number;
                            /** @description orders from here on are counted; null before anything was */
                            windowFrom: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/{customerId}/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The orders that a customer’s figures are made of
         * @description Systems: ops. Roles: finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    channel?: string;
                    counts?: string;
                    cursor?: string;
                    limit?: number;
                    returned?: string;
                    sort?: "newest" | "oldest";
                };
                header?: never;
                path: {
                    customerId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                amountCents: number;
                                changeRequests: number;
                                channel: string;
                                complaints: number;
                                /** @description paid, and neither cancelled nor expired */
                                counts: boolean;
                                /** Format: uuid */
                                identityId: string;
                                inWindow: boolean;
                                netCents: number;
                                /** Format: date-time */
                                orderedAt: string;
                                /** Format: uuid */
                                orderId: string;
                                returned: boolean;
                                storeId: string;
                                url: string;
                                warehouseId: string | null;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/{customerId}/split": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that a part of what a customer is known by is somebody else
         * @description Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    customerId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        identityIds: string[];
                        reason: string;
                        /** @description as it was read: somebody else may have changed it since */
                        version: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            customer: {
                                amountCents: number;
                                averageOrderCents: number | null;
                                changeRequests: number;
                                complaints: number;
                                /** Format: uuid */
                                customerId: string;
                                daysBetweenOrders: number | null;
                                erasedAt: string | null;
                                firstOrderAt: string | null;
                                identities: {
                                    /** @description where it was seen first */
                                    channel: string;
                                    erasedAt: string | null;
                                    /** Format: uuid */
                                    identityId: string;
                                    /** @enum {string} */
                                    kind: "phone" | "buyer";
                                    orders: number;
                                    /** Format: date-time */
                                    seenAt: string;
                                }[];
                                lastOrderAt: string | null;
                                lifetimeOrders: number;
                                mergedInto: string | null;
                                /** @description paid less what went back */
                                netCents: number;
                                orders: number;
                                preferredChannel: string | null;
                                preferredWarehouseId: string | null;
                                recencyDays: number | null;
                                refreshedAt: string | null;
                                returnedOrders: number;
                                returnRate: number | null;
                                scores: {
                                    frequency: number;
                                    monetary: number;
                                    recency: number;
                                } | null;
                                segment: {
                                    code: string;
                                    title: string;
                                } | null;
                                service: {
                                    allocationPriority: number;
                                    approvalLeniencyCents: number;
                                    freeReships: number;
                                };
                                version: number;
                                /** @description orders from here on are counted; null before anything was */
                                windowFrom: string | null;
                            };
                            splitOff: {
                                amountCents: number;
                                averageOrderCents: number | null;
                                changeRequests: number;
                                complaints: number;
                                /** Format: uuid */
                                customerId: string;
                                daysBetweenOrders: number | null;
                                erasedAt: string | null;
                                firstOrderAt: string | null;
                                identities: {
                                    /** @description where it was seen first */
                                    channel: string;
                                    erasedAt: string | null;
                                    /** Format: uuid */
                                    identityId: string;
                                    /** @enum {string} */
                                    kind: "phone" | "buyer";
                                    orders: number;
                                    /** Format: date-time */
                                    seenAt: string;
                                }[];
                                lastOrderAt: string | null;
                                lifetimeOrders: number;
                                mergedInto: string | null;
                                /** @description paid less what went back */
                                netCents: number;
                                orders: number;
                                preferredChannel: string | null;
                                preferredWarehouseId: string | null;
                                recencyDays: number | null;
                                refreshedAt: string | null;
                                returnedOrders: number;
                                returnRate: number | null;
                                scores: {
                                    frequency: number;
                                    monetary: number;
                                    recency: number;
                                } | null;
                                segment: {
                                    code: string;
                                    title: string;
                                } | null;
                                service: {
                                    allocationPriority: number;
                                    approvalLeniencyCents: number;
                                    freeReships: number;
                                };
                                version: number;
                                /** @description orders from here on are counted; null before anything was */
                                windowFrom: string | null;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find a customer by their number, or by who they are on a platform
         * @description In the body, so that no number stands in a log of addresses.
         *
         *     Systems: ops. Roles: finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        phone: string;
                    } | {
                        buyerId: string;
                        platform: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            customerId: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/data-flow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The map: systems, flows with live figures, break points (the worst first), and the three steps
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            breakPoints: {
                                edgeId: string;
                                /** Format: uuid */
                                incidentId: string;
                                /** @enum {string} */
                                kind: "disconnected" | "no_success" | "error_rate" | "backlog_growing" | "stale";
                                /** Format: date-time */
                                lastSeenAt: string;
                                limit: number;
                                links: {
                                    logs: {
                                        /** @enum {string} */
                                        method: "GET" | "POST";
                                        path: string;
                                    }[];
                                    retry: {
                                        /** @enum {string} */
                                        method: "GET" | "POST";
                                        path: string;
                                    }[];
                                    runbook: string;
                                };
                                measured: number;
                                /** Format: date-time */
                                openedAt: string;
                                ordersAffected: number;
                                title: {
                                    en: string;
                                    zh: string;
                                };
                            }[];
                            checkedAt: string | null;
                            edges: {
                                ageSeconds: number | null;
                                ageTargetSeconds: number | null;
                                backlog: number;
                                edgeId: string;
                                errorRate: number | null;
                                failed: number;
                                /** @enum {string} */
                                flow: "orders_pushed" | "orders_pulled" | "messages" | "stock_in" | "courier_pushes" | "courier_polls" | "waybills_out" | "stock_out" | "pick_tasks_out" | "refunds_out" | "erp_out" | "purchases_out" | "statements_in" | "customer_messages" | "alerts_out" | "cards_out" | "events_out";
                                from: string;
                                isBacklogCapped: boolean;
                                isConfigured: boolean;
                                isConnected: boolean;
                                key: string;
                                keyTitle: string | null;
                                lastSuccessAt: string | null;
                                latency: {
                                    maxMs: number | null;
                                    meanMs: number | null;
                                };
                                manualSteps: number;
                                oldestWaitingSeconds: number | null;
                                ordersHeld: number;
                                ordersWaiting: number;
                                ratePerMinute: number;
                                retrying: number;
                                /** @enum {string} */
                                state: "broken" | "ok" | "unknown";
                                succeeded: number;
                                title: {
                                    en: string;
                                    zh: string;
                                };
                                to: string;
                                url: string;
                                windowMinutes: number;
                            }[];
                            isStale: boolean;
                            policyVersion: number;
                            steps: {
                                done: number;
                                next: {
                                    count: number;
                                    edgeId: string;
                                    links: {
                                        logs: {
                                            /** @enum {string} */
                                            method: "GET" | "POST";
                                            path: string;
                                        }[];
                                        retry: {
                                            /** @enum {string} */
                                            method: "GET" | "POST";
                                            path: string;
                                        }[];
                                        runbook: string;
                                    };
                                    workItemKind: ("unmatched_payment" | "late_payment" | "payment_mismatch" | "short_pick" | "courier_unreachable" | "tracking_stopped" | "parcel_stuck" | "waybill_unknown" | "parcel_lost" | "parcel_returned" | "refund_failed" | "late_message" | "unknown_message" | "contradiction" | "message_set_aside" | "order_not_found" | "delivery_failed" | "delisting_failed" | "workflow_missing" | "workflow_left_over" | "stock_shortfall" | "transfer_overdue" | "transfer_sold_out" | "transfer_loss" | "change_no_approver" | "change_apply_failed" | "change_undo_failed" | "stock_drift" | "wms_unreachable" | "wms_bad_rows" | "wms_jump" | "promotion_not_held" | "presale_goods_in_stock" | "bodies_kept" | "awaiting_stock" | "channel_order_held" | "channel_change" | "unknown_shop" | "unknown_channel_message" | "channel_order_unread" | "shop_refused" | "subscription_disabled" | "events_exhausted" | "notification_refused" | "notification_unknown" | "wecom_refused" | "holidays_unknown" | "supplement_unpaid" | "reconciliation_differences" | "reconciliation_failed" | "purchase_overdue" | "purchase_refused" | "abnormal_order" | "inspection_failed" | "inspection_overdue" | "inspection_unassigned") | null;
                                } | null;
                                /** @enum {string} */
                                state: "done" | "open";
                                /** @enum {string} */
                                step: "map" | "fix_worst" | "replace_manual";
                                title: {
                                    en: string;
                                    zh: string;
                                };
                                total: number;
                            }[];
                            systems: {
                                key: string;
                                /** @enum {string} */
                                kind: "hub" | "workflows" | "channel" | "warehouse_devices" | "warehouse_system" | "courier" | "payments" | "erp" | "finance" | "crm" | "message_provider" | "wecom" | "subscriber";
                                systemId: string;
                                title: {
                                    en: string;
                                    zh: string;
                                };
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/data-flow/edges/{edgeId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One flow: its last minutes, what is done by hand, its break points, logs, retries and runbook
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    minutes?: number;
                };
                header?: never;
                path: {
                    edgeId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            ageSeconds: number | null;
                            ageTargetSeconds: number | null;
                            backlog: number;
                            breakPoints: {
                                edgeId: string;
                                /** Format: uuid */
                                incidentId: string;
                                /** @enum {string} */
                                kind: "disconnected" | "no_success" | "error_rate" | "backlog_growing" | "stale";
                                /** Format: date-time */
                                lastSeenAt: string;
                                limit: number;
                                links: {
                                    logs: {
                                        /** @enum {string} */
                                        method: "GET" | "POST";
                                        path: string;
                                    }[];
                                    retry: {
                                        /** @enum {string} */
                                        method: "GET" | "POST";
                                        path: string;
                                    }[];
                                    runbook: string;
                                };
                                measured: number;
                                /** Format: date-time */
                                openedAt: string;
                                ordersAffected: number;
                                title: {
                                    en: string;
                                    zh: string;
                                };
                            }[];
                            edgeId: string;
                            errorRate: number | null;
                            failed: number;
                            /** @enum {string} */
                            flow: "orders_pushed" | "orders_pulled" | "messages" | "stock_in" | "courier_pushes" | "courier_polls" | "waybills_out" | "stock_out" | "pick_tasks_out" | "refunds_out" | "erp_out" | "purchases_out" | "statements_in" | "customer_messages" | "alerts_out" | "cards_out" | "events_out";
                            from: string;
                            isBacklogCapped: boolean;
                            isConfigured: boolean;
                            isConnected: boolean;
                            key: string;
                            keyTitle: string | null;
                            lastSuccessAt: string | null;
                            latency: {
                                maxMs: number | null;
                                meanMs: number | null;
                            };
                            links: {
                                logs: {
                                    /** @enum {string} */
                                    method: "GET" | "POST";
                                    path: string;
                                }[];
                                retry: {
                                    /** @enum {string} */
                                    method: "GET" | "POST";
                                    path: string;
                                }[];
                                runbook: string;
                            };
                            manual: {
                                items: number;
                                orders: number;
                                title: {
                                    en: string;
                                    zh: string;
                                };
                                url: string;
                                /** @enum {string} */
                                workItemKind: "unmatched_payment" | "late_payment" | "payment_mismatch" | "short_pick" | "courier_unreachable" | "tracking_stopped" | "parcel_stuck" | "waybill_unknown" | "parcel_lost" | "parcel_returned" | "refund_failed" | "late_message" | "unknown_message" | "contradiction" | "message_set_aside" | "order_not_found" | "delivery_failed" | "delisting_failed" | "workflow_missing" | "workflow_left_over" | "stock_shortfall" | "transfer_overdue" | "transfer_sold_out" | "transfer_loss" | "change_no_approver" | "change_apply_failed" | "change_undo_failed" | "stock_drift" | "wms_unreachable" | "wms_bad_rows" | "wms_jump" | "promotion_not_held" | "presale_goods_in_stock" | "bodies_kept" | "awaiting_stock" | "channel_order_held" | "channel_change" | "unknown_shop" | "unknown_channel_message" | "channel_order_unread" | "shop_refused" | "subscription_disabled" | "events_exhausted" | "notification_refused" | "notification_unknown" | "wecom_refused" | "holidays_unknown" | "supplement_unpaid" | "reconciliation_differences" | "reconciliation_failed" | "purchase_overdue" | "purchase_refused" | "abnormal_order" | "inspection_failed" | "inspection_overdue" | "inspection_unassigned";
                            }[];
                            manualSteps: number;
                            minutes: {
                                backlog: number;
                                failed: number;
                                latencyMaxMs: number | null;
                                latencyMeanMs: number | null;
                                /** Format: date-time */
                                minute: string;
                                succeeded: number;
                            }[];
                            nextStep: {
                                en: string;
                                zh: string;
                            };
                            oldestWaitingSeconds: number | null;
                            ordersHeld: number;
                            ordersWaiting: number;
                            ratePerMinute: number;
                            retrying: number;
                            /** @enum {string} */
                            state: "broken" | "ok" | "unknown";
                            succeeded: number;
                            title: {
                                en: string;
                                zh: string;
                            };
                            to: string;
                            url: string;
                            windowMinutes: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/data-flow/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Server-sent: the whole map at once, then again after every look at the flows
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/data-flow/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * When flows were broken: since when, until when, and the worst that it came to
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    edgeId?: string;
                    flow?: "orders_pushed" | "orders_pulled" | "messages" | "stock_in" | "courier_pushes" | "courier_polls" | "waybills_out" | "stock_out" | "pick_tasks_out" | "refunds_out" | "erp_out" | "purchases_out" | "statements_in" | "customer_messages" | "alerts_out" | "cards_out" | "events_out";
                    from?: string;
                    kind?: "disconnected" | "no_success" | "error_rate" | "backlog_growing" | "stale";
                    limit?: number;
                    sort?: "newest" | "oldest" | "worst";
                    state?: "open" | "closed";
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                closedAt: string | null;
                                edgeId: string;
                                /** @enum {string} */
                                flow: "orders_pushed" | "orders_pulled" | "messages" | "stock_in" | "courier_pushes" | "courier_polls" | "waybills_out" | "stock_out" | "pick_tasks_out" | "refunds_out" | "erp_out" | "purchases_out" | "statements_in" | "customer_messages" | "alerts_out" | "cards_out" | "events_out";
                                /** Format: uuid */
                                incidentId: string;
                                /** @enum {string} */
                                kind: "disconnected" | "no_success" | "error_rate" | "backlog_growing" | "stale";
                                /** Format: date-time */
                                lastSeenAt: string;
                                links: {
                                    logs: {
                                        /** @enum {string} */
                                        method: "GET" | "POST";
                                        path: string;
                                    }[];
                                    retry: {
                                        /** @enum {string} */
                                        method: "GET" | "POST";
                                        path: string;
                                    }[];
                                    runbook: string;
                                };
                                /** Format: date-time */
                                openedAt: string;
                                policyVersion: number;
                                /** @enum {string} */
                                state: "open" | "closed";
                                title: {
                                    en: string;
                                    zh: string;
                                };
                                worst: {
                                    /** Format: date-time */
                                    at: string;
                                    backlog: number;
                                    limit: number;
                                    measured: number;
                                    ordersAffected: number;
                                };
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Server-sent events; Last-Event-ID resumes without a gap
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    orderId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * My exports
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    kind?: "operation-log" | "audit" | "orders" | "change-requests" | "replenishment" | "purchase-lists";
                    limit?: number;
                    sort?: "newest" | "oldest";
                    state?: "waiting" | "running" | "done" | "failed" | "cancelled" | "expired";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                bytes: number | null;
                                /** Format: date-time */
                                createdAt: string;
                                expiresAt: string | null;
                                /** Format: uuid */
                                exportId: string;
                                finishedAt: string | null;
                                /** @enum {string} */
                                format: "csv" | "xlsx";
                                kind: string;
                                link: string | null;
                                rowsWritten: number;
                                sha256: string | null;
                                /** @enum {string} */
                                state: "waiting" | "running" | "done" | "failed" | "cancelled" | "expired";
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Have everything that fits a filter written to a file, in the background
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        filters: {
                            field?: string;
                            /** Format: date-time */
                            from: string;
                            operator?: string;
                            /** Format: uuid */
                            orderId?: string;
                            source?: string;
                            storeId?: string;
                            subjectId?: string;
                            /** Format: date-time */
                            to: string;
                        };
                        /** @enum {string} */
                        format: "csv" | "xlsx";
                        /** @enum {string} */
                        kind: "operation-log";
                    } | {
                        filters: {
                            action?: string;
                            actor?: string;
                            /** Format: date-time */
                            from?: string;
                            subjectId?: string;
                            subjectKind?: string;
                            /** Format: date-time */
                            to?: string;
                        };
                        /** @enum {string} */
                        format: "csv" | "xlsx";
                        /** @enum {string} */
                        kind: "audit";
                    } | {
                        filters: {
                            channel?: string;
                            /** Format: date-time */
                            createdFrom?: string;
                            /** Format: date-time */
                            createdTo?: string;
                            externalOrderId?: string;
                            needsAttention?: boolean;
                            orderIds?: string[];
                            /** @enum {string} */
                            status?: "reserved" | "awaiting_stock" | "paid" | "partially_shipped" | "shipped" | "in_transit" | "delivered" | "returning" | "completed" | "expired" | "cancelled" | "returned" | "lost";
                            storeId?: string;
                        };
                        /** @enum {string} */
                        format: "csv" | "xlsx";
                        /** @enum {string} */
                        kind: "orders";
                    } | {
                        filters: {
                            applicant?: string;
                            changeNumber?: string;
                            /** Format: date-time */
                            createdFrom?: string;
                            /** Format: date-time */
                            createdTo?: string;
                            needsAttention?: boolean;
                            open?: boolean;
                            /** Format: uuid */
                            orderId?: string;
                            /** @enum {string} */
                            status?: "submitted" | "in_approval" | "approved" | "undoing" | "apply_failed" | "applied" | "rejected" | "withdrawn" | "expired" | "stale" | "abandoned";
                            storeId?: string;
                            /** @enum {string} */
                            type?: "price" | "address" | "item" | "quantity" | "gift" | "cancel" | "refund" | "reship";
                        };
                        /** @enum {string} */
                        format: "csv" | "xlsx";
                        /** @enum {string} */
                        kind: "change-requests";
                    } | {
                        filters: {
                            /** @enum {string} */
                            only?: "suggested" | "purchase" | "transfer" | "excess";
                            skuId?: string;
                            supplierId?: string;
                            warehouseId?: string;
                        };
                        /** @enum {string} */
                        format: "csv" | "xlsx";
                        /** @enum {string} */
                        kind: "replenishment";
                    } | {
                        filters: {
                            late?: boolean;
                            open?: boolean;
                            /** Format: uuid */
                            purchaseId?: string;
                            /** @enum {string} */
                            status?: "draft" | "submitted" | "approved" | "partially_received" | "received" | "closed_short" | "cancelled";
                            supplierId?: string;
                            warehouseId?: string;
                        };
                        /** @enum {string} */
                        format: "csv" | "xlsx";
                        /** @enum {string} */
                        kind: "purchase-lists";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            bytes: number | null;
                            /** Format: date-time */
                            createdAt: string;
                            expiresAt: string | null;
                            /** Format: uuid */
                            exportId: string;
                            finishedAt: string | null;
                            /** @enum {string} */
                            format: "csv" | "xlsx";
                            kind: string;
                            link: string | null;
                            rowsWritten: number;
                            sha256: string | null;
                            /** @enum {string} */
                            state: "waiting" | "running" | "done" | "failed" | "cancelled" | "expired";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/{exportId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far it is
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    exportId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            bytes: number | null;
                            /** Format: date-time */
                            createdAt: string;
                            expiresAt: string | null;
                            /** Format: uuid */
                            exportId: string;
                            finishedAt: string | null;
                            /** @enum {string} */
                            format: "csv" | "xlsx";
                            kind: string;
                            link: string | null;
                            rowsWritten: number;
                            sha256: string | null;
                            /** @enum {string} */
                            state: "waiting" | "running" | "done" | "failed" | "cancelled" | "expired";
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Give it up
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    exportId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            bytes: number | null;
                            /** Format: date-time */
                            createdAt: string;
                            expiresAt: string | null;
                            /** Format: uuid */
                            exportId: string;
                            finishedAt: string | null;
                            /** @enum {string} */
                            format: "csv" | "xlsx";
                            kind: string;
                            link: string | null;
                            rowsWritten: number;
                            sha256: string | null;
                            /** @enum {string} */
                            state: "waiting" | "running" | "done" | "failed" | "cancelled" | "expired";
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/{exportId}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The file, for a day and only for whoever asked for it
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    exportId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": unknown;
                        "text/csv; charset=utf-8": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/health-score": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The health score of an hour, day, week or month, and what moved it
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    at?: string;
                    channel?: string;
                    grain?: "hour" | "day" | "week" | "month";
                    storeId?: string;
                    warehouseId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            band: ("good" | "fair" | "poor") | null;
                            change: number | null;
                            complete: boolean;
                            components: {
                                band: ("good" | "fair" | "poor") | null;
                                /** @enum {string} */
                                component: "syncTimeliness" | "stockAccuracy" | "approvalCompletion" | "complaintRate" | "onTimeFulfilment";
                                measured: number;
                                missed: number;
                                missedOutcomes: number;
                                outcomes: number;
                                outcomesUrl: string;
                                score: number | null;
                                share: number;
                                unknown: ("no_dimension" | "no_data" | "too_few") | null;
                                value: number | null;
                                weight: number;
                            }[];
                            countedUntil: string | null;
                            /** Format: date-time */
                            from: string;
                            /** @enum {string} */
                            grain: "hour" | "day" | "week" | "month";
                            knownWeight: number;
                            moved: {
                                byScore: number;
                                byShare: number;
                                /** @enum {string} */
                                component: "syncTimeliness" | "stockAccuracy" | "approvalCompletion" | "complaintRate" | "onTimeFulfilment";
                                points: number;
                            }[] | null;
                            policyVersion: number;
                            previous: {
                                band: ("good" | "fair" | "poor") | null;
                                /** Format: date-time */
                                from: string;
                                knownWeight: number;
                                score: number | null;
                                /** Format: date-time */
                                to: string;
                            };
                            refreshedAt: string | null;
                            score: number | null;
                            /** Format: date-time */
                            to: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/health-score/by/{dimension}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The health score of each channel, store or warehouse, the worst first
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    at?: string;
                    band?: "good" | "fair" | "poor";
                    channel?: string;
                    cursor?: string;
                    grain?: "hour" | "day" | "week" | "month";
                    limit?: number;
                    sort?: "worst" | "best" | "key";
                    storeId?: string;
                    warehouseId?: string;
                };
                header?: never;
                path: {
                    dimension: "channel" | "store" | "warehouse";
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            countedUntil: string | null;
                            /** @enum {string} */
                            dimension: "channel" | "store" | "warehouse";
                            /** Format: date-time */
                            from: string;
                            /** @enum {string} */
                            grain: "hour" | "day" | "week" | "month";
                            items: {
                                band: ("good" | "fair" | "poor") | null;
                                components: {
                                    band: ("good" | "fair" | "poor") | null;
                                    /** @enum {string} */
                                    component: "syncTimeliness" | "stockAccuracy" | "approvalCompletion" | "complaintRate" | "onTimeFulfilment";
                                    measured: number;
                                    missed: number;
                                    missedOutcomes: number;
                                    outcomes: number;
                                    outcomesUrl: string;
                                    score: number | null;
                                    share: number;
                                    unknown: ("no_dimension" | "no_data" | "too_few") | null;
                                    value: number | null;
                                    weight: number;
                                }[];
                                key: string;
                                knownWeight: number;
                                score: number | null;
                            }[];
                            nextCursor: string | null;
                            policyVersion: number;
                            refreshedAt: string | null;
                            /** Format: date-time */
                            to: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/health-score/components/{component}/outcomes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The orders, requests or counts behind a number of the health score
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    at?: string;
                    channel?: string;
                    cursor?: string;
                    grain?: "hour" | "day" | "week" | "month";
                    limit?: number;
                    missed?: string;
                    sort?: "newest" | "oldest";
                    storeId?: string;
                    warehouseId?: string;
                };
                header?: never;
                path: {
                    component: "syncTimeliness" | "stockAccuracy" | "approvalCompletion" | "complaintRate" | "onTimeFulfilment";
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            from: string;
                            items: {
                                channel: string | null;
                                /** @enum {string} */
                                component: "syncTimeliness" | "stockAccuracy" | "approvalCompletion" | "complaintRate" | "onTimeFulfilment";
                                detail: {
                                    [key: string]: unknown;
                                } | null;
                                /** Format: date-time */
                                happenedAt: string;
                                measured: number;
                                missed: number;
                                orderId: string | null;
                                part: string;
                                /** Format: uuid */
                                sourceId: string;
                                storeId: string | null;
                                url: string;
                                warehouseId: string | null;
                            }[];
                            nextCursor: string | null;
                            /** Format: date-time */
                            to: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/health-score/counted-skus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The SKUs that were counted in a period, the most inaccurate first
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    at?: string;
                    cursor?: string;
                    grain?: "hour" | "day" | "week" | "month";
                    limit?: number;
                    sort?: "worst" | "sku";
                    warehouseId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            from: string;
                            items: {
                                accuracy: number | null;
                                counts: number;
                                differentCounts: number;
                                missedUnits: number;
                                skuId: string;
                                units: number;
                            }[];
                            nextCursor: string | null;
                            /** Format: date-time */
                            to: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/health-score/trend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The health score of one period after the other
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    channel?: string;
                    cursor?: string;
                    from?: string;
                    grain?: "hour" | "day" | "week" | "month";
                    limit?: number;
                    sort?: "newest" | "oldest";
                    storeId?: string;
                    to?: string;
                    warehouseId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            countedUntil: string | null;
                            /** @enum {string} */
                            grain: "hour" | "day" | "week" | "month";
                            items: {
                                band: ("good" | "fair" | "poor") | null;
                                complete: boolean;
                                components: {
                                    band: ("good" | "fair" | "poor") | null;
                                    /** @enum {string} */
                                    component: "syncTimeliness" | "stockAccuracy" | "approvalCompletion" | "complaintRate" | "onTimeFulfilment";
                                    score: number | null;
                                }[];
                                /** Format: date-time */
                                from: string;
                                knownWeight: number;
                                score: number | null;
                                /** Format: date-time */
                                to: string;
                            }[];
                            nextCursor: string | null;
                            policyVersion: number;
                            refreshedAt: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inspections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Inspections of the orders of your stores, and those that you are sent to
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        get: {
            parameters: {
                query?: {
                    assignee?: string;
                    cursor?: string;
                    from?: string;
                    limit?: number;
                    orderId?: string;
                    overdue?: string;
                    region?: string;
                    sort?: "newest" | "oldest" | "due";
                    state?: "open" | "passed" | "failed" | "cancelled";
                    storeId?: string;
                    to?: string;
                    unassigned?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                assignedAt: string | null;
                                assignee: string | null;
                                cancelled: {
                                    /** Format: date-time */
                                    at: string;
                                    by: string;
                                    reason: string;
                                } | null;
                                channel: string;
                                checklist: string;
                                closedAt: string | null;
                                closedBy: string | null;
                                /** Format: date-time */
                                createdAt: string;
                                division: string | null;
                                divisionCode: string;
                                /** Format: date-time */
                                dueAt: string;
                                /** Format: uuid */
                                inspectionId: string;
                                isOverdue: boolean;
                                meaning: {
                                    en: string;
                                    zh: string;
                                };
                                /** Format: uuid */
                                orderId: string;
                                region: string | null;
                                /** @enum {string} */
                                state: "open" | "passed" | "failed" | "cancelled";
                                storeId: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inspections/{inspectionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An inspection with its order, form, pictures and result
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    inspectionId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            assignedAt: string | null;
                            assignee: string | null;
                            cancelled: {
                                /** Format: date-time */
                                at: string;
                                by: string;
                                reason: string;
                            } | null;
                            channel: string;
                            checklist: string;
                            closedAt: string | null;
                            closedBy: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            division: string | null;
                            divisionCode: string;
                            drawnBy: {
                                lot: number;
                                reasons: unknown[];
                                rule: number;
                                sharePercent: number;
                            };
                            /** Format: date-time */
                            dueAt: string;
                            form: {
                                minimumPhotos: number;
                                name: string;
                                questions: {
                                    key: string;
                                    /** @enum {string} */
                                    kind: "yes_no" | "choice" | "number" | "text";
                                    label: string;
                                    maxCharacters: number | null;
                                    maximum: number | null;
                                    minimum: number | null;
                                    options: {
                                        label: string;
                                        value: string;
                                    }[] | null;
                                    photos: number;
                                    required: boolean;
                                }[];
                                /** @enum {string} */
                                signature: "required" | "optional" | "none";
                                title: string;
                            };
                            /** Format: uuid */
                            inspectionId: string;
                            isOverdue: boolean;
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            order: {
                                amountCents: number;
                                contact: {
                                    address: string;
                                    name: string;
                                    phone: string;
                                } | null;
                                /** Format: date-time */
                                createdAt: string;
                                externalOrderId: string | null;
                                lines: {
                                    name: string;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                parcels: {
                                    courier: string;
                                    state: string;
                                    waybillNumber: string;
                                }[];
                                status: string;
                            };
                            /** Format: uuid */
                            orderId: string;
                            photos: {
                                /** Format: uuid */
                                attachmentId: string;
                                bytes: number;
                                erasedAt: string | null;
                                field: string | null;
                                fileUrl: string | null;
                                heightPixels: number | null;
                                isInResult: boolean;
                                /** @enum {string} */
                                kind: "photo" | "signature";
                                /** @enum {string} */
                                mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                                originalSha256: string;
                                /** Format: uuid */
                                photoId: string;
                                place: {
                                    latitude: number;
                                    longitude: number;
                                } | null;
                                sha256: string;
                                takenAt: string | null;
                                thumbnailUrl: string | null;
                                /** Format: date-time */
                                uploadedAt: string;
                                uploadedBy: string;
                                widthPixels: number | null;
                            }[];
                            policyVersion: number;
                            region: string | null;
                            result: {
                                answers: {
                                    [key: string]: boolean | number | string;
                                };
                                findings: {
                                    /** @enum {string} */
                                    code: "answer" | "place_far" | "place_unknown" | "photo_old";
                                    en: string;
                                    fails: boolean;
                                    subject: string | null;
                                    zh: string;
                                }[];
                                finishedAt: string | null;
                                photoIds: string[];
                                place: {
                                    by: ("device" | "photo") | null;
                                    distanceMetres: number | null;
                                    limitMetres: number | null;
                                    measuredFrom: ("district" | "city") | null;
                                    /** @enum {string} */
                                    state: "near" | "far" | "unknown";
                                };
                                signatureId: string | null;
                                /** Format: uuid */
                                submissionId: string;
                                wasCancelled: boolean;
                            } | null;
                            /** @enum {string} */
                            state: "open" | "passed" | "failed" | "cancelled";
                            storeId: string;
                            waitingPhotos: {
                                parts: number[];
                                /** Format: uuid */
                                photoId: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inspections/{inspectionId}/assignment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send somebody, or somebody else
         * @description Systems: ops. Roles: store_manager, regional_director, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    inspectionId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        assignee: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            assignedAt: string | null;
                            assignee: string | null;
                            cancelled: {
                                /** Format: date-time */
                                at: string;
                                by: string;
                                reason: string;
                            } | null;
                            channel: string;
                            checklist: string;
                            closedAt: string | null;
                            closedBy: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            division: string | null;
                            divisionCode: string;
                            drawnBy: {
                                lot: number;
                                reasons: unknown[];
                                rule: number;
                                sharePercent: number;
                            };
                            /** Format: date-time */
                            dueAt: string;
                            form: {
                                minimumPhotos: number;
                                name: string;
                                questions: {
                                    key: string;
                                    /** @enum {string} */
                                    kind: "yes_no" | "choice" | "number" | "text";
                                    label: string;
                                    maxCharacters: number | null;
                                    maximum: number | null;
                                    minimum: number | null;
                                    options: {
                                        label: string;
                                        value: string;
                                    }[] | null;
                                    photos: number;
                                    required: boolean;
                                }[];
                                /** @enum {string} */
                                signature: "required" | "optional" | "none";
                                title: string;
                            };
                            /** Format: uuid */
                            inspectionId: string;
                            isOverdue: boolean;
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            order: {
                                amountCents: number;
                                contact: {
                                    address: string;
                                    name: string;
                                    phone: string;
                                } | null;
                                /** Format: date-time */
                                createdAt: string;
                                externalOrderId: string | null;
                                lines: {
                                    name: string;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                parcels: {
                                    courier: string;
                                    state: string;
                                    waybillNumber: string;
                                }[];
                                status: string;
                            };
                            /** Format: uuid */
                            orderId: string;
                            photos: {
                                /** Format: uuid */
                                attachmentId: string;
                                bytes: number;
                                erasedAt: string | null;
                                field: string | null;
                                fileUrl: string | null;
                                heightPixels: number | null;
                                isInResult: boolean;
                                /** @enum {string} */
                                kind: "photo" | "signature";
                                /** @enum {string} */
                                mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                                originalSha256: string;
                                /** Format: uuid */
                                photoId: string;
                                place: {
                                    latitude: number;
                                    longitude: number;
                                } | null;
                                sha256: string;
                                takenAt: string | null;
                                thumbnailUrl: string | null;
                                /** Format: date-time */
                                uploadedAt: string;
                                uploadedBy: string;
                                widthPixels: number | null;
                            }[];
                            policyVersion: number;
                            region: string | null;
                            result: {
                                answers: {
                                    [key: string]: boolean | number | string;
                                };
                                findings: {
                                    /** @enum {string} */
                                    code: "answer" | "place_far" | "place_unknown" | "photo_old";
                                    en: string;
                                    fails: boolean;
                                    subject: string | null;
                                    zh: string;
                                }[];
                                finishedAt: string | null;
                                photoIds: string[];
                                place: {
                                    by: ("device" | "photo") | null;
                                    distanceMetres: number | null;
                                    limitMetres: number | null;
                                    measuredFrom: ("district" | "city") | null;
                                    /** @enum {string} */
                                    state: "near" | "far" | "unknown";
                                };
                                signatureId: string | null;
                                /** Format: uuid */
                                submissionId: string;
                                wasCancelled: boolean;
                            } | null;
                            /** @enum {string} */
                            state: "open" | "passed" | "failed" | "cancelled";
                            storeId: string;
                            waitingPhotos: {
                                parts: number[];
                                /** Format: uuid */
                                photoId: string;
                            }[];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inspections/{inspectionId}/cancellation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Nobody has to go there any more
         * @description Systems: ops. Roles: store_manager, regional_director, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    inspectionId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            assignedAt: string | null;
                            assignee: string | null;
                            cancelled: {
                                /** Format: date-time */
                                at: string;
                                by: string;
                                reason: string;
                            } | null;
                            channel: string;
                            checklist: string;
                            closedAt: string | null;
                            closedBy: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            division: string | null;
                            divisionCode: string;
                            drawnBy: {
                                lot: number;
                                reasons: unknown[];
                                rule: number;
                                sharePercent: number;
                            };
                            /** Format: date-time */
                            dueAt: string;
                            form: {
                                minimumPhotos: number;
                                name: string;
                                questions: {
                                    key: string;
                                    /** @enum {string} */
                                    kind: "yes_no" | "choice" | "number" | "text";
                                    label: string;
                                    maxCharacters: number | null;
                                    maximum: number | null;
                                    minimum: number | null;
                                    options: {
                                        label: string;
                                        value: string;
                                    }[] | null;
                                    photos: number;
                                    required: boolean;
                                }[];
                                /** @enum {string} */
                                signature: "required" | "optional" | "none";
                                title: string;
                            };
                            /** Format: uuid */
                            inspectionId: string;
                            isOverdue: boolean;
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            order: {
                                amountCents: number;
                                contact: {
                                    address: string;
                                    name: string;
                                    phone: string;
                                } | null;
                                /** Format: date-time */
                                createdAt: string;
                                externalOrderId: string | null;
                                lines: {
                                    name: string;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                parcels: {
                                    courier: string;
                                    state: string;
                                    waybillNumber: string;
                                }[];
                                status: string;
                            };
                            /** Format: uuid */
                            orderId: string;
                            photos: {
                                /** Format: uuid */
                                attachmentId: string;
                                bytes: number;
                                erasedAt: string | null;
                                field: string | null;
                                fileUrl: string | null;
                                heightPixels: number | null;
                                isInResult: boolean;
                                /** @enum {string} */
                                kind: "photo" | "signature";
                                /** @enum {string} */
                                mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                                originalSha256: string;
                                /** Format: uuid */
                                photoId: string;
                                place: {
                                    latitude: number;
                                    longitude: number;
                                } | null;
                                sha256: string;
                                takenAt: string | null;
                                thumbnailUrl: string | null;
                                /** Format: date-time */
                                uploadedAt: string;
                                uploadedBy: string;
                                widthPixels: number | null;
                            }[];
                            policyVersion: number;
                            region: string | null;
                            result: {
                                answers: {
                                    [key: string]: boolean | number | string;
                                };
                                findings: {
                                    /** @enum {string} */
                                    code: "answer" | "place_far" | "place_unknown" | "photo_old";
                                    en: string;
                                    fails: boolean;
                                    subject: string | null;
                                    zh: string;
                                }[];
                                finishedAt: string | null;
                                photoIds: string[];
                                place: {
                                    by: ("device" | "photo") | null;
                                    distanceMetres: number | null;
                                    limitMetres: number | null;
                                    measuredFrom: ("district" | "city") | null;
                                    /** @enum {string} */
                                    state: "near" | "far" | "unknown";
                                };
                                signatureId: string | null;
                                /** Format: uuid */
                                submissionId: string;
                                wasCancelled: boolean;
                            } | null;
                            /** @enum {string} */
                            state: "open" | "passed" | "failed" | "cancelled";
                            storeId: string;
                            waitingPhotos: {
                                parts: number[];
                                /** Format: uuid */
                                photoId: string;
                            }[];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inspections/{inspectionId}/photos/{photoId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Send a photograph or a signature; sent again under its id, it is the same one
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        put: {
            parameters: {
                query?: {
                    field?: string;
                    kind?: "photo" | "signature";
                };
                header?: never;
                path: {
                    inspectionId: string;
                    photoId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": {
                        /** Format: binary */
                        file: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            attachmentId: string;
                            bytes: number;
                            erasedAt: string | null;
                            field: string | null;
                            fileUrl: string | null;
                            heightPixels: number | null;
                            /** @enum {string} */
                            kind: "photo" | "signature";
                            /** @enum {string} */
                            mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                            originalSha256: string;
                            /** Format: uuid */
                            photoId: string;
                            place: {
                                latitude: number;
                                longitude: number;
                            } | null;
                            sha256: string;
                            takenAt: string | null;
                            thumbnailUrl: string | null;
                            /** Format: date-time */
                            uploadedAt: string;
                            uploadedBy: string;
                            widthPixels: number | null;
                        };
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inspections/{inspectionId}/photos/{photoId}/completion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Make one picture of the parts that have arrived; asked again, it is the same one
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        put: {
            parameters: {
                query?: {
                    field?: string;
                    kind?: "photo" | "signature";
                };
                header?: never;
                path: {
                    inspectionId: string;
                    photoId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        parts: number;
                        sha256: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            attachmentId: string;
                            bytes: number;
                            erasedAt: string | null;
                            field: string | null;
                            fileUrl: string | null;
                            heightPixels: number | null;
                            /** @enum {string} */
                            kind: "photo" | "signature";
                            /** @enum {string} */
                            mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                            originalSha256: string;
                            /** Format: uuid */
                            photoId: string;
                            place: {
                                latitude: number;
                                longitude: number;
                            } | null;
                            sha256: string;
                            takenAt: string | null;
                            thumbnailUrl: string | null;
                            /** Format: date-time */
                            uploadedAt: string;
                            uploadedBy: string;
                            widthPixels: number | null;
                        };
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inspections/{inspectionId}/photos/{photoId}/parts/{part}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Send a part of a picture, up to a mebibyte; the answer has all parts that are there
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    inspectionId: string;
                    part: number;
                    photoId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            parts: number[];
                            /** Format: uuid */
                            photoId: string;
                        };
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inspections/{inspectionId}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Send what was found, once its pictures are there; sent again under its id, it is the same one
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    inspectionId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        answers: {
                            [key: string]: boolean | number | string;
                        };
                        /** @default null */
                        finishedAt?: string | null;
                        /** @default [] */
                        photoIds?: string[];
                        /** @default null */
                        position?: {
                            /** @default 0 */
                            accuracyMetres?: number;
                            /**
                             * @default wgs84
                             * @enum {string}
                             */
                            datum?: "wgs84" | "gcj02";
                            latitude: number;
                            longitude: number;
                        } | null;
                        /** @default null */
                        signatureId?: string | null;
                        /** Format: uuid */
                        submissionId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            assignedAt: string | null;
                            assignee: string | null;
                            cancelled: {
                                /** Format: date-time */
                                at: string;
                                by: string;
                                reason: string;
                            } | null;
                            channel: string;
                            checklist: string;
                            closedAt: string | null;
                            closedBy: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            division: string | null;
                            divisionCode: string;
                            drawnBy: {
                                lot: number;
                                reasons: unknown[];
                                rule: number;
                                sharePercent: number;
                            };
                            /** Format: date-time */
                            dueAt: string;
                            form: {
                                minimumPhotos: number;
                                name: string;
                                questions: {
                                    key: string;
                                    /** @enum {string} */
                                    kind: "yes_no" | "choice" | "number" | "text";
                                    label: string;
                                    maxCharacters: number | null;
                                    maximum: number | null;
                                    minimum: number | null;
                                    options: {
                                        label: string;
                                        value: string;
                                    }[] | null;
                                    photos: number;
                                    required: boolean;
                                }[];
                                /** @enum {string} */
                                signature: "required" | "optional" | "none";
                                title: string;
                            };
                            /** Format: uuid */
                            inspectionId: string;
                            isOverdue: boolean;
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            order: {
                                amountCents: number;
                                contact: {
                                    address: string;
                                    name: string;
                                    phone: string;
                                } | null;
                                /** Format: date-time */
                                createdAt: string;
                                externalOrderId: string | null;
                                lines: {
                                    name: string;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                parcels: {
                                    courier: string;
                                    state: string;
                                    waybillNumber: string;
                                }[];
                                status: string;
                            };
                            /** Format: uuid */
                            orderId: string;
                            photos: {
                                /** Format: uuid */
                                attachmentId: string;
                                bytes: number;
                                erasedAt: string | null;
                                field: string | null;
                                fileUrl: string | null;
                                heightPixels: number | null;
                                isInResult: boolean;
                                /** @enum {string} */
                                kind: "photo" | "signature";
                                /** @enum {string} */
                                mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/pdf";
                                originalSha256: string;
                                /** Format: uuid */
                                photoId: string;
                                place: {
                                    latitude: number;
                                    longitude: number;
                                } | null;
                                sha256: string;
                                takenAt: string | null;
                                thumbnailUrl: string | null;
                                /** Format: date-time */
                                uploadedAt: string;
                                uploadedBy: string;
                                widthPixels: number | null;
                            }[];
                            policyVersion: number;
                            region: string | null;
                            result: {
                                answers: {
                                    [key: string]: boolean | number | string;
                                };
                                findings: {
                                    /** @enum {string} */
                                    code: "answer" | "place_far" | "place_unknown" | "photo_old";
                                    en: string;
                                    fails: boolean;
                                    subject: string | null;
                                    zh: string;
                                }[];
                                finishedAt: string | null;
                                photoIds: string[];
                                place: {
                                    by: ("device" | "photo") | null;
                                    distanceMetres: number | null;
                                    limitMetres: number | null;
                                    measuredFrom: ("district" | "city") | null;
                                    /** @enum {string} */
                                    state: "near" | "far" | "unknown";
                                };
                                signatureId: string | null;
                                /** Format: uuid */
                                submissionId: string;
                                wasCancelled: boolean;
                            } | null;
                            /** @enum {string} */
                            state: "open" | "passed" | "failed" | "cancelled";
                            storeId: string;
                            waitingPhotos: {
                                parts: number[];
                                /** Format: uuid */
                                photoId: string;
                            }[];
                        };
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/listings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the stores should show, and what they have confirmed
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    skuId?: string;
                    sort?: "store" | "sku" | "newest";
                    stale?: string;
                    state?: "new" | "listed" | "delisted" | "removed";
                    storeId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                channel: string;
                                confirmed: {
                                    /** Format: date-time */
                                    at: string;
                                    quantity: number;
                                    version: number;
                                } | null;
                                decidedAt: string | null;
                                mayShow: number;
                                quantity: number;
                                /** @enum {string} */
                                reason: "new" | "published" | "low" | "no-share" | "waiting-for-return" | "waiting-for-others" | "inactive";
                                sentVersion: number;
                                skuId: string;
                                stale: boolean;
                                /** @enum {string} */
                                state: "new" | "listed" | "delisted" | "removed";
                                storeId: string;
                                /** Format: date-time */
                                updatedAt: string;
                                version: number;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/listings/{storeId}/{skuId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One listing with its last messages to the store
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    skuId: string;
                    storeId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            channel: string;
                            confirmed: {
                                /** Format: date-time */
                                at: string;
                                quantity: number;
                                version: number;
                            } | null;
                            decidedAt: string | null;
                            deliveries: {
                                attempts: number;
                                /** Format: date-time */
                                createdAt: string;
                                lastError: string | null;
                                quantity: number;
                                settledAt: string | null;
                                /** @enum {string} */
                                state: "pending" | "delivered" | "failed" | "withdrawn";
                                version: number;
                            }[];
                            mayShow: number;
                            quantity: number;
                            /** @enum {string} */
                            reason: "new" | "published" | "low" | "no-share" | "waiting-for-return" | "waiting-for-others" | "inactive";
                            sentVersion: number;
                            skuId: string;
                            stale: boolean;
                            /** @enum {string} */
                            state: "new" | "listed" | "delisted" | "removed";
                            storeId: string;
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                        };
                    };
                };
            };
        };
        /**
         * Let the store list the SKU, also again after it was taken down
         * @description Systems: mall, ops. Roles: store_manager, ops, admin.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    skuId: string;
                    storeId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            channel: string;
                            confirmed: {
                                /** Format: date-time */
                                at: string;
                                quantity: number;
                                version: number;
                            } | null;
                            decidedAt: string | null;
                            mayShow: number;
                            quantity: number;
                            /** @enum {string} */
                            reason: "new" | "published" | "low" | "no-share" | "waiting-for-return" | "waiting-for-others" | "inactive";
                            sentVersion: number;
                            skuId: string;
                            stale: boolean;
                            /** @enum {string} */
                            state: "new" | "listed" | "delisted" | "removed";
                            storeId: string;
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                        };
                    };
                };
            };
        };
        post?: never;
        /**
         * Take the SKU down in the store until somebody puts it up again
         * @description Systems: mall, ops. Roles: store_manager, ops, admin.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    skuId: string;
                    storeId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            channel: string;
                            confirmed: {
                                /** Format: date-time */
                                at: string;
                                quantity: number;
                                version: number;
                            } | null;
                            decidedAt: string | null;
                            mayShow: number;
                            quantity: number;
                            /** @enum {string} */
                            reason: "new" | "published" | "low" | "no-share" | "waiting-for-return" | "waiting-for-others" | "inactive";
                            sentVersion: number;
                            skuId: string;
                            stale: boolean;
                            /** @enum {string} */
                            state: "new" | "listed" | "delisted" | "removed";
                            storeId: string;
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/listings/{storeId}/{skuId}/confirmations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The store says what it shows; an older version than the last one changes nothing
         * @description Systems: mall.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    skuId: string;
                    storeId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: date-time */
                        at: string;
                        quantity: number;
                        version: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            applied: boolean;
                            listing: {
                                channel: string;
                                confirmed: {
                                    /** Format: date-time */
                                    at: string;
                                    quantity: number;
                                    version: number;
                                } | null;
                                decidedAt: string | null;
                                mayShow: number;
                                quantity: number;
                                /** @enum {string} */
                                reason: "new" | "published" | "low" | "no-share" | "waiting-for-return" | "waiting-for-others" | "inactive";
                                sentVersion: number;
                                skuId: string;
                                stale: boolean;
                                /** @enum {string} */
                                state: "new" | "listed" | "delisted" | "removed";
                                storeId: string;
                                /** Format: date-time */
                                updatedAt: string;
                                version: number;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/listings/{storeId}/{skuId}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell the store once more what it should show
         * @description Systems: mall, ops. Roles: store_manager, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    skuId: string;
                    storeId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            channel: string;
                            confirmed: {
                                /** Format: date-time */
                                at: string;
                                quantity: number;
                                version: number;
                            } | null;
                            decidedAt: string | null;
                            mayShow: number;
                            quantity: number;
                            /** @enum {string} */
                            reason: "new" | "published" | "low" | "no-share" | "waiting-for-return" | "waiting-for-others" | "inactive";
                            sentVersion: number;
                            skuId: string;
                            stale: boolean;
                            /** @enum {string} */
                            state: "new" | "listed" | "delisted" | "removed";
                            storeId: string;
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/listings/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let stores list SKUs, all of a CSV file or none: storeId,skuId
         * @description Systems: mall, ops. Roles: store_manager, ops, admin.
         */
        post: {
            parameters: {
                query?: {
                    dryRun?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "text/csv": string;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            changed: number;
                            created: number;
                            dryRun: boolean;
                            errors: {
                                field: string;
                                line: number;
                                message: string;
                            }[];
                            rows: number;
                            unchanged: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What customers were told, by which way, and whether it reached them
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    createdFrom?: string;
                    /** @description exclusive */
                    createdTo?: string;
                    cursor?: string;
                    event?: "shipped" | "delivered";
                    limit?: number;
                    orderId?: string;
                    sort?: "newest" | "oldest";
                    state?: "pending" | "sending" | "unknown" | "sent" | "delivered" | "undelivered" | "failed" | "skipped";
                    storeId?: string;
                    way?: "sms" | "wechat" | "wechat_template";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                attempts: number;
                                /** Format: date-time */
                                createdAt: string;
                                /** @description when it is next looked at; null: it is settled, or waits for a person */
                                dueAt: string | null;
                                /** @enum {string} */
                                event: "shipped" | "delivered";
                                /** @description the message that reached nobody, where this one took its place */
                                insteadOf: string | null;
                                /** Format: uuid */
                                notificationId: string;
                                /** Format: uuid */
                                orderId: string;
                                parameters: {
                                    name: string;
                                    value: string;
                                }[];
                                parcelId: string;
                                policyVersion: number;
                                provider: string | null;
                                /** @description by which the provider knows it */
                                providerId: string | null;
                                /** @description why it waits, or how it ended */
                                reason: string | null;
                                /** @description masked; null: nobody is reached this way, or the person was erased */
                                recipient: string | null;
                                /** @description when the operator’s report came */
                                reportedAt: string | null;
                                settledAt: string | null;
                                /** @enum {string} */
                                state: "pending" | "sending" | "unknown" | "sent" | "delivered" | "undelivered" | "failed" | "skipped";
                                storeId: string;
                                templateId: string;
                                /** @enum {string} */
                                way: "sms" | "wechat" | "wechat_template";
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What the customer of an order would be told now; nothing is sent
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        document?: {
                            /** @default 48 */
                            expireAfterHours?: number;
                            /**
                             * @default [
                             *       "mall"
                             *     ]
                             */
                            orderChannels?: string[];
                            /** @default 5 */
                            perCustomerPerDay?: number;
                            /**
                             * @default {
                             *       "from": "22:00",
                             *       "until": "08:00"
                             *     }
                             */
                            quietHours?: {
                                from: string;
                                until: string;
                            } | null;
                            templates: {
                                /** @enum {string} */
                                event: "shipped" | "delivered";
                                /** @default false */
                                isFallback?: boolean;
                                parameters: {
                                    /** @enum {string} */
                                    field: "courier" | "waybillNumber" | "orderNumber" | "storeName" | "unitCount";
                                    /** @default 35 */
                                    maxCharacters?: number;
                                    name: string;
                                }[];
                                templateId: string;
                                /** @enum {string} */
                                way: "sms" | "wechat" | "wechat_template";
                            }[];
                        };
                        /** Format: uuid */
                        orderId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @enum {string} */
                                event: "shipped" | "delivered";
                                isFallback: boolean;
                                parameters: {
                                    name: string;
                                    value: string;
                                }[];
                                problem: ("other-channel" | "no-recipient") | null;
                                recipient: string | null;
                                sendAt: string | null;
                                templateId: string;
                                /** @enum {string} */
                                way: "sms" | "wechat" | "wechat_template";
                            }[];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operation-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Changes of orders by order, person, source, subject and period
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    field?: string;
                    from?: string;
                    limit?: number;
                    operator?: string;
                    orderId?: string;
                    sort?: "newest" | "oldest";
                    source?: string;
                    storeId?: string;
                    subjectId?: string;
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @description the money that it moves */
                                amountCents: number | null;
                                /** Format: date-time */
                                at: string;
                                field: string;
                                id: string;
                                /** @description the message that caused it */
                                inboxId: string | null;
                                newValue: string | null;
                                oldValue: string | null;
                                operator: string;
                                /** Format: uuid */
                                orderId: string;
                                /** @description the call that caused it */
                                requestId: string | null;
                                source: string;
                                sourceTime: string | null;
                                storeId: string;
                                /** @description the payment, refund, parcel, return or pick task it is about */
                                subjectId: string | null;
                                version: number;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operation-log/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same of a period as CSV or XLSX, the oldest first
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query: {
                    field?: string;
                    format?: "csv" | "xlsx";
                    from: string;
                    operator?: string;
                    orderId?: string;
                    source?: string;
                    storeId?: string;
                    subjectId?: string;
                    to: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": unknown;
                        "text/csv; charset=utf-8": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The orders of your stores
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    channel?: string;
                    createdFrom?: string;
                    createdTo?: string;
                    cursor?: string;
                    externalOrderId?: string;
                    limit?: number;
                    needsAttention?: string;
                    sort?: "newest" | "oldest";
                    status?: "reserved" | "awaiting_stock" | "paid" | "partially_shipped" | "shipped" | "in_transit" | "delivered" | "returning" | "completed" | "expired" | "cancelled" | "returned" | "lost";
                    storeId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                amountCents: number;
                                channel: string;
                                closedAt: string | null;
                                /** Format: date-time */
                                createdAt: string;
                                divisionCode: string;
                                externalOrderId: string | null;
                                freightCents: number;
                                needsAttention: boolean;
                                /** Format: uuid */
                                orderId: string;
                                paidCents: number;
                                refundedCents: number;
                                /** Format: date-time */
                                reservationExpiresAt: string;
                                /** @enum {string} */
                                status: "reserved" | "awaiting_stock" | "paid" | "partially_shipped" | "shipped" | "in_transit" | "delivered" | "returning" | "completed" | "expired" | "cancelled" | "returned" | "lost";
                                storeId: string;
                                /** @description what a paid order costs on top since a change made it dearer */
                                supplementCents: number;
                                /** Format: date-time */
                                updatedAt: string;
                                version: number;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Place an order: reserves its stock until reservationExpiresAt
         * @description Systems: mall. Roles: clerk, team_lead, store_manager.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "storeId": "ST-MALL-EAST",
                     *       "channel": "mall",
                     *       "contact": {
                     *         "name": "王小明",
                     *         "phone": "13800138000",
                     *         "divisionCode": "310115",
                     *         "address": "世纪大道100号"
                     *       },
                     *       "lines": [
                     *         {
                     *           "skuId": "SKU-0001",
                     *           "quantity": 1,
                     *           "unitPriceCents": 3990
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        channel: string;
                        contact: {
                            address: string;
                            divisionCode: string;
                            name: string;
                            phone: string;
                            remark?: string;
                        };
                        externalOrderId?: string;
                        /** @default 0 */
                        freightCents?: number;
                        lines: {
                            quantity: number;
                            skuId: string;
                            unitPriceCents: number;
                        }[];
                        storeId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: number;
                            /** Format: uuid */
                            orderId: string;
                            presale?: {
                                /** Format: date */
                                expectedOn: string;
                                lineNumber: number;
                                quantity: number;
                                skuId: string;
                            }[];
                            /** Format: date-time */
                            reservationExpiresAt: string;
                            reservations: {
                                /** Format: date-time */
                                expiresAt: string;
                                lineNumber: number;
                                quantity: number;
                                skuId: string;
                                /** @enum {string} */
                                state: "held" | "confirmed" | "consumed" | "expired" | "released";
                                warehouseId: string;
                            }[];
                            /** @enum {string} */
                            status: "reserved" | "awaiting_stock" | "paid" | "partially_shipped" | "shipped" | "in_transit" | "delivered" | "returning" | "completed" | "expired" | "cancelled" | "returned" | "lost";
                            workflowId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{orderId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An order with all that belongs to it
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            allocationDecisions: {
                                /** Format: date-time */
                                decidedAt: string;
                                explanation: {
                                    /** @description warehouses with something to give */
                                    candidates: number;
                                    chosen: {
                                        /** @description null: the place of the customer is not known */
                                        kilometres: number | null;
                                        skus: number;
                                        units: number;
                                        warehouseId: string;
                                    }[];
                                    compared: number;
                                    /** @description warehouses that could have sent everything */
                                    complete: number;
                                    /** @description in policy order, with what the plan costs; null: could not be judged */
                                    objectives: {
                                        /** @enum {string} */
                                        objective: "fewest-parcels" | "nearest" | "lowest-freight" | "keep-safety-stock";
                                        value: number | null;
                                    }[];
                                    place: {
                                        divisionCode: string;
                                        problem: ("unknown-division" | "province-only" | "ambiguous-name") | null;
                                    };
                                    /** @description the nearest of the others */
                                    rejected: {
                                        /** @description null: the place of the customer is not known */
                                        kilometres: number | null;
                                        reason: {
                                            count: number;
                                            /** @enum {string} */
                                            kind: "lacks";
                                            /** @description the first of them */
                                            skuIds: string[];
                                        } | {
                                            /** @description parcels, kilometres, cents, or units out of safety stock */
                                            by: number;
                                            /** @enum {string} */
                                            kind: "costs-more";
                                            /** @enum {string} */
                                            objective: "fewest-parcels" | "nearest" | "lowest-freight" | "keep-safety-stock";
                                        } | {
                                            /** @enum {string} */
                                            kind: "equal";
                                        } | {
                                            /** @enum {string} */
                                            kind: "too-far";
                                            limitKilometres: number;
                                        } | {
                                            /** @enum {string} */
                                            kind: "reported-short";
                                        } | {
                                            /** @enum {string} */
                                            kind: "not-compared";
                                        };
                                        warehouseId: string;
                                    }[];
                                    skus: number;
                                };
                                /** @description what was done: the checkout, reserving again, a replacement */
                                operationId: string;
                                /** @description version of the policy of kind allocation; 0 is the built-in one */
                                policyVersion: number;
                                text: {
                                    en: string;
                                    zh: string;
                                };
                            }[];
                            amountCents: number;
                            channel: string;
                            /** @description what the rules about abnormal orders said, the first check first */
                            checks: {
                                /** Format: date-time */
                                checkedAt: string;
                                findings: {
                                    /** @enum {string} */
                                    action: "note" | "hold" | "block";
                                    because: string;
                                    facts: {
                                        [key: string]: unknown;
                                    };
                                    /** Format: uuid */
                                    findingId: string;
                                    /** Format: date-time */
                                    foundAt: string;
                                    handler: string | null;
                                    handlerRole: string | null;
                                    rule: string;
                                    /** @enum {string} */
                                    severity: "low" | "medium" | "high" | "critical";
                                    /** @enum {string} */
                                    state: "noted" | "held" | "released" | "superseded" | "ended";
                                    tag: string;
                                    /** @description a person has let the same go in an earlier check */
                                    wasReleased: boolean;
                                }[];
                                number: number;
                                /** @enum {string} */
                                outcome: "clear" | "noted" | "held" | "blocked";
                                policyVersion: number;
                                releasedBy: string | null;
                                releaseReason: string | null;
                                settledAt: string | null;
                                /** @enum {string} */
                                state: "passed" | "held" | "released" | "superseded" | "ended";
                                wordsVersion: number;
                            }[];
                            closedAt: string | null;
                            contact: {
                                address: string;
                                /** Format: uuid */
                                contactId: string;
                                name: string;
                                phone: string;
                                remark: string;
                            } | null;
                            /** Format: date-time */
                            createdAt: string;
                            divisionCode: string;
                            externalOrderId: string | null;
                            freightCents: number;
                            fulfilments: {
                                /** @description open tasks with the same one go into one parcel, and are packed with one report */
                                combinedId: string | null;
                                /** Format: date-time */
                                createdAt: string;
                                lines: {
                                    lineNumber: number;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                /** @description the change of its order that an open task waits for */
                                onHoldFor: string | null;
                                operator: string | null;
                                /** Format: uuid */
                                orderId: string;
                                pickTaskId: string;
                                /** @enum {string} */
                                state: "created" | "started" | "picked" | "packed" | "short" | "withdrawn";
                                /** Format: date-time */
                                updatedAt: string;
                                warehouseId: string;
                            }[];
                            lines: {
                                lineNumber: number;
                                /** @description the presale that promises this line; null: from stock */
                                presale: {
                                    /** Format: date */
                                    expectedOn: string;
                                    /** Format: uuid */
                                    presaleId: string;
                                    /** @description units that have not come in yet */
                                    waiting: number;
                                } | null;
                                quantity: number;
                                skuId: string;
                                /** @description what the article is called now */
                                skuName: string;
                                unitPriceCents: number;
                            }[];
                            needsAttention: boolean;
                            /** Format: uuid */
                            orderId: string;
                            paidCents: number;
                            parcels: {
                                /** @description other orders whose goods are in the same parcel */
                                combinedWith: string[];
                                courier: string;
                                /** Format: date-time */
                                createdAt: string;
                                nextPollAt: string | null;
                                /** Format: uuid */
                                orderId: string;
                                parcelId: string;
                                /** @enum {string} */
                                state: "shipped" | "in_transit" | "refused" | "delivered" | "returned" | "lost";
                                tracking: {
                                    description: string;
                                    /** Format: date-time */
                                    occurredAt: string;
                                    state: string;
                                }[];
                                waybillNumber: string;
                            }[];
                            payments: {
                                amountCents: number;
                                method: string;
                                /** Format: date-time */
                                paidAt: string;
                                paymentId: string;
                                /** Format: date-time */
                                receivedAt: string;
                            }[];
                            policyVersions: {
                                [key: string]: number;
                            };
                            refundedCents: number;
                            refunds: {
                                amountCents: number;
                                paymentId: string;
                                reason: string;
                                refundId: string;
                                settledAt: string | null;
                                /** @enum {string} */
                                state: "due" | "done" | "failed";
                            }[];
                            /** Format: date-time */
                            reservationExpiresAt: string;
                            reservations: {
                                /** Format: date-time */
                                expiresAt: string;
                                lineNumber: number;
                                /** @description the promotion from whose quota for the channel these units were drawn; null: from free stock */
                                promotion: {
                                    channel: string;
                                    name: string;
                                    /** Format: uuid */
                                    promotionId: string;
                                } | null;
                                quantity: number;
                                skuId: string;
                                /** @enum {string} */
                                state: "held" | "confirmed" | "consumed" | "expired" | "released";
                                warehouseId: string;
                            }[];
                            returns: {
                                /** Format: date-time */
                                createdAt: string;
                                inspected: {
                                    lineNumber: number;
                                    restocked: number;
                                    writtenOff: number;
                                }[];
                                lines: {
                                    lineNumber: number;
                                    quantity: number;
                                }[];
                                reason: string;
                                returnId: string;
                                /** @enum {string} */
                                state: "requested" | "approved" | "rejected" | "received" | "settled";
                                /** Format: date-time */
                                updatedAt: string;
                            }[];
                            /** @enum {string} */
                            status: "reserved" | "awaiting_stock" | "paid" | "partially_shipped" | "shipped" | "in_transit" | "delivered" | "returning" | "completed" | "expired" | "cancelled" | "returned" | "lost";
                            storeId: string;
                            /** @description what a paid order costs on top since a change made it dearer */
                            supplementCents: number;
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            workflowId: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{orderId}/cancellation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel an order before it ships; a paid one only by the buyer’s system
         * @description Systems: mall. Roles: clerk, team_lead, store_manager, regional_director, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            orderId: string;
                            /** @enum {string} */
                            status: "reserved" | "awaiting_stock" | "paid" | "partially_shipped" | "shipped" | "in_transit" | "delivered" | "returning" | "completed" | "expired" | "cancelled" | "returned" | "lost";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{orderId}/customer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is known of the customer of an order, and what their segment is given
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            customerId: string | null;
                            freeReshipsLeft: number;
                            /** Format: uuid */
                            orderId: string;
                            recent: {
                                changeRequests: number;
                                concessionCents: number;
                                days: number;
                                otherAmountCents: number;
                                otherOrders: number;
                                refundedCents: number;
                                reships: number;
                            };
                            segment: {
                                code: string;
                                title: string;
                            } | null;
                            service: {
                                allocationPriority: number;
                                approvalLeniencyCents: number;
                                freeReships: number;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{orderId}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened to an order, by whom and why, oldest first
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @description the money that it moves */
                                amountCents: number | null;
                                /** Format: date-time */
                                at: string;
                                field: string;
                                id: string;
                                /** @description the message that caused it */
                                inboxId: string | null;
                                newValue: string | null;
                                oldValue: string | null;
                                operator: string;
                                /** @description the call that caused it */
                                requestId: string | null;
                                source: string;
                                sourceTime: string | null;
                                /** @description the payment, refund, parcel, return or pick task it is about */
                                subjectId: string | null;
                                version: number;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{orderId}/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a payment; 202 when the order is not known and the money is kept for a person
         * @description Systems: payments, mall.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "paymentId": "PAY-1",
                     *       "amountCents": 3990,
                     *       "method": "wechat",
                     *       "paidAt": "2026-11-11T00:00:01+08:00"
                     *     }
                     */
                    "application/json": {
                        amountCents: number;
                        /** @enum {string} */
                        method: "wechat" | "alipay" | "unionpay" | "card" | "balance" | "other";
                        /** Format: date-time */
                        paidAt: string;
                        paymentId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            orderId: string;
                            /** @enum {string} */
                            outcome: "accepted" | "partial" | "late" | "unmatched";
                            paymentId: string;
                        };
                    };
                };
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            orderId: string;
                            /** @enum {string} */
                            outcome: "accepted" | "partial" | "late" | "unmatched";
                            paymentId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{orderId}/returns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a return after delivery
         * @description Systems: mall. Roles: clerk, team_lead, store_manager.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        lines: {
                            lineNumber: number;
                            quantity: number;
                        }[];
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            orderId: string;
                            returnId: string;
                            /** @enum {string} */
                            state: "requested" | "approved" | "rejected" | "received" | "settled";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{orderId}/returns/{returnId}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve or reject a return
         * @description Roles: team_lead, store_manager, regional_director, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    orderId: string;
                    returnId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        decision: "approve" | "reject";
                        /** @default  */
                        note?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            orderId: string;
                            returnId: string;
                            /** @enum {string} */
                            state: "requested" | "approved" | "rejected" | "received" | "settled";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{orderId}/returns/{returnId}/inspection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What goes back on the shelf and what is written off; the refund follows
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    orderId: string;
                    returnId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        lines: {
                            lineNumber: number;
                            restocked: number;
                            writtenOff: number;
                        }[];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            orderId: string;
                            returnId: string;
                            /** @enum {string} */
                            state: "requested" | "approved" | "rejected" | "received" | "settled";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{orderId}/returns/{returnId}/receipt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The goods are back
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    orderId: string;
                    returnId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            orderId: string;
                            returnId: string;
                            /** @enum {string} */
                            state: "requested" | "approved" | "rejected" | "received" | "settled";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{orderId}/stock-wait": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What an order waits for, which warehouses have how many, and what can be decided now
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            choices: {
                                /** @enum {string} */
                                decision: "serve-now" | "other-warehouse" | "transfer" | "wait" | "partial" | "cancel";
                                isPossible: boolean;
                                text: {
                                    en: string;
                                    zh: string;
                                };
                            }[];
                            incoming: {
                                quantity: number;
                                skuId: string;
                                status: string;
                                /** Format: uuid */
                                transferId: string;
                                warehouseId: string;
                            }[];
                            isPaid: boolean;
                            lines: {
                                lineNumber: number;
                                quantity: number;
                                served: number;
                                skuId: string;
                            }[];
                            lookAgainAt: string | null;
                            openChange: {
                                /** Format: uuid */
                                changeId: string;
                                changeNumber: string;
                            } | null;
                            /** Format: uuid */
                            orderId: string;
                            ordersAhead: number;
                            transfers: {
                                quantity: number;
                                skuId: string;
                                sources: {
                                    quantity: number;
                                    sourceId: string;
                                }[];
                                warehouseId: string;
                            }[];
                            warehouses: {
                                kilometres: number | null;
                                name: string;
                                units: {
                                    quantity: number;
                                    skuId: string;
                                }[];
                                warehouseId: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Decide for an order that waits for stock; what gives up units becomes a change request
         * @description Systems: ops. Roles: team_lead, store_manager, regional_director, admin, ops.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "decision": "partial",
                     *       "reason": "客户同意先发一半"
                     *     }
                     */
                    "application/json": {
                        /** @enum {string} */
                        decision: "serve-now";
                    } | {
                        /** @enum {string} */
                        decision: "other-warehouse";
                        warehouseIds: string[];
                    } | {
                        /** @enum {string} */
                        decision: "transfer";
                        reason: string;
                        warehouseId?: string;
                    } | {
                        /** @enum {string} */
                        decision: "wait";
                        /** Format: date-time */
                        until: string;
                    } | {
                        /** @enum {string} */
                        decision: "partial";
                        reason: string;
                    } | {
                        /** @enum {string} */
                        decision: "cancel";
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            orderId: string;
                            /** @enum {string} */
                            result: "served";
                        } | {
                            /** Format: uuid */
                            orderId: string;
                            /** @enum {string} */
                            result: "waiting";
                            /** Format: date-time */
                            until: string;
                        } | {
                            /** Format: uuid */
                            orderId: string;
                            /** @enum {string} */
                            result: "transfer-requested";
                            transfers: {
                                quantity: number;
                                skuId: string;
                                status: string;
                                /** Format: uuid */
                                transferId: string;
                                warehouseId: string;
                            }[];
                        } | {
                            /** Format: uuid */
                            changeId: string;
                            changeNumber: string;
                            /** Format: uuid */
                            orderId: string;
                            /** @enum {string} */
                            result: "change-requested";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{orderId}/story": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All that happened around an order as one story: log, stock, messages, deliveries, scans, work items
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    kinds?: string;
                    limit?: number;
                    sort?: "newest" | "oldest";
                };
                header?: never;
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /**
                                 * Format: date-time
                                 * @description when the hub learned of it
                                 */
                                at: string;
                                /** @description person, system or platform */
                                by: string;
                                detail: {
                                    [key: string]: string | number | boolean | null;
                                };
                                /** @description when it happened, as its source says */
                                happenedAt: string | null;
                                id: string;
                                /** @enum {string} */
                                kind: "log" | "stock" | "message" | "delivery" | "tracking" | "work_item" | "notification" | "inspection" | "change_request";
                                text: {
                                    en: string;
                                    zh: string;
                                };
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many orders of your stores are under way, by status
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            most: number;
                            needsAttention: number;
                            statuses: {
                                count: number;
                                /** @enum {string} */
                                status: "reserved" | "awaiting_stock" | "paid" | "partially_shipped" | "shipped" | "in_transit" | "delivered" | "returning" | "completed" | "expired" | "cancelled" | "returned" | "lost";
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/rate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many orders of your stores were placed in each minute
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query: {
                    from: string;
                    to: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            minutes: {
                                count: number;
                                /** Format: date-time */
                                startsAt: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pick-tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Pick tasks, the oldest open one first
         * @description Systems: warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    combinedId?: string;
                    cursor?: string;
                    limit?: number;
                    orderId?: string;
                    sort?: "newest" | "oldest";
                    state?: "created" | "started" | "picked" | "packed" | "short" | "withdrawn" | "open";
                    warehouseId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @description open tasks with the same one go into one parcel, and are packed with one report */
                                combinedId: string | null;
                                /** Format: date-time */
                                createdAt: string;
                                lines: {
                                    lineNumber: number;
                                    quantity: number;
                                    skuId: string;
                                }[];
                                /** @description the change of its order that an open task waits for */
                                onHoldFor: string | null;
                                operator: string | null;
                                /** Format: uuid */
                                orderId: string;
                                pickTaskId: string;
                                /** @enum {string} */
                                state: "created" | "started" | "picked" | "packed" | "short" | "withdrawn";
                                /** Format: date-time */
                                updatedAt: string;
                                warehouseId: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pick-tasks/{pickTaskId}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A report of a PDA; its eventId makes a repetition harmless
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    pickTaskId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        eventId: string;
                        /** Format: date-time */
                        occurredAt?: string;
                        /** @enum {string} */
                        type: "started";
                    } | {
                        eventId: string;
                        /** Format: date-time */
                        occurredAt?: string;
                        /** @enum {string} */
                        type: "picked";
                    } | {
                        eventId: string;
                        lines: {
                            lineNumber: number;
                            quantityMissing: number;
                        }[];
                        /** Format: date-time */
                        occurredAt?: string;
                        /** @enum {string} */
                        type: "short";
                    } | {
                        courier: string;
                        eventId: string;
                        /** Format: date-time */
                        occurredAt?: string;
                        /** @description tasks that went into the same parcel; left out: those that the PDAs were told of */
                        packedWith?: string[];
                        /** @enum {string} */
                        type: "packed";
                        waybillNumber: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description the tasks that went into the same parcel */
                            packedWith?: string[];
                            pickTaskId: string;
                            /** @enum {string} */
                            state: "created" | "started" | "picked" | "packed" | "short" | "withdrawn";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pick-tasks/{pickTaskId}/separate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a task go by itself that was to share its parcel; again changes nothing
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    pickTaskId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            pickTaskId: string;
                            /** @enum {string} */
                            state: "created" | "started" | "picked" | "packed" | "short" | "withdrawn";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platforms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Platforms that a shop can be connected of, with the fields of their credentials
         * @description Systems: ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @description the channel of the stores whose orders come from it */
                                channel: string;
                                credentials: {
                                    /** @description null: any text */
                                    choices: string[] | null;
                                    default: string | null;
                                    field: string;
                                    isRequired: boolean;
                                    mayBeEmpty: boolean;
                                }[];
                                /** @description where it listens unless a shop says otherwise */
                                gatewayUrl: string;
                                platform: string;
                                pushUrl: string | null;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The kinds of policy, and what is in force
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @enum {string} */
                                kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                                openDrafts: number;
                                publishedAt: string | null;
                                publisher: string | null;
                                title: {
                                    en: string;
                                    zh: string;
                                };
                                version: number;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{kind}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The policy in force and its history
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    state?: "draft" | "published" | "retired";
                };
                header?: never;
                path: {
                    kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            author: string;
                            createdAt: string | null;
                            document: {
                                [key: string]: unknown;
                            };
                            items: {
                                author: string;
                                createdAt: string | null;
                                /** @enum {string} */
                                kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                                publishedAt: string | null;
                                publisher: string | null;
                                reason: string;
                                retiredAt: string | null;
                                revision: number;
                                rollbackOf: number | null;
                                /** @enum {string} */
                                state: "built-in" | "draft" | "published" | "retired";
                                version: number;
                            }[];
                            /** @enum {string} */
                            kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                            nextCursor: string | null;
                            publishedAt: string | null;
                            publisher: string | null;
                            reason: string;
                            retiredAt: string | null;
                            revision: number;
                            rollbackOf: number | null;
                            /** @enum {string} */
                            state: "built-in" | "draft" | "published" | "retired";
                            version: number;
                        };
                    };
                };
            };
        };
        /**
         * Publish a document at once, without a draft
         * @description Systems: ops. Roles: ops, admin.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        document: {
                            [key: string]: unknown;
                        };
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            author: string;
                            createdAt: string | null;
                            document: {
                                [key: string]: unknown;
                            };
                            /** @enum {string} */
                            kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                            publishedAt: string | null;
                            publisher: string | null;
                            reason: string;
                            retiredAt: string | null;
                            revision: number;
                            rollbackOf: number | null;
                            /** @enum {string} */
                            state: "built-in" | "draft" | "published" | "retired";
                            version: number;
                        };
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{kind}/drafts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a draft
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        document: {
                            [key: string]: unknown;
                        };
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            author: string;
                            createdAt: string | null;
                            document: {
                                [key: string]: unknown;
                            };
                            /** @enum {string} */
                            kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                            publishedAt: string | null;
                            publisher: string | null;
                            reason: string;
                            retiredAt: string | null;
                            revision: number;
                            rollbackOf: number | null;
                            /** @enum {string} */
                            state: "built-in" | "draft" | "published" | "retired";
                            version: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{kind}/drafts/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Replace the document of a draft
         * @description Systems: ops. Roles: ops, admin.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                    version: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        document: {
                            [key: string]: unknown;
                        };
                        reason: string;
                        revision: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            author: string;
                            createdAt: string | null;
                            document: {
                                [key: string]: unknown;
                            };
                            /** @enum {string} */
                            kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                            publishedAt: string | null;
                            publisher: string | null;
                            reason: string;
                            retiredAt: string | null;
                            revision: number;
                            rollbackOf: number | null;
                            /** @enum {string} */
                            state: "built-in" | "draft" | "published" | "retired";
                            version: number;
                        };
                    };
                };
            };
        };
        post?: never;
        /**
         * Give a draft up
         * @description Systems: ops. Roles: ops, admin.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                    version: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            author: string;
                            createdAt: string | null;
                            document: {
                                [key: string]: unknown;
                            };
                            /** @enum {string} */
                            kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                            publishedAt: string | null;
                            publisher: string | null;
                            reason: string;
                            retiredAt: string | null;
                            revision: number;
                            rollbackOf: number | null;
                            /** @enum {string} */
                            state: "built-in" | "draft" | "published" | "retired";
                            version: number;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{kind}/drafts/{version}/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a version on the past: what would have been different, page by page
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                    version: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        cursor?: string;
                        /** @default 7 */
                        days?: number;
                        /** @default 50 */
                        limit?: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            changed: number;
                            comparedWith: number;
                            examined: number;
                            /** Format: date-time */
                            from: string;
                            items: {
                                after: {
                                    outcome: {
                                        [key: string]: unknown;
                                    };
                                    reasons: unknown[];
                                    refused: boolean | null;
                                };
                                before: {
                                    outcome: {
                                        [key: string]: unknown;
                                    };
                                    reasons: unknown[];
                                    refused: boolean | null;
                                };
                                id: string;
                            }[];
                            /** @enum {string} */
                            kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                            nextCursor: string | null;
                            refusedAfter: number;
                            refusedBefore: number;
                            revision: number;
                            /** @enum {string} */
                            subject: "order" | "stock-level" | "transfer" | "change-request" | "health-day" | "difference" | "customer" | "data-flow-edge";
                            /** Format: date-time */
                            to: string;
                            total: number;
                            version: number;
                            warnings: {
                                examined: number;
                                message: {
                                    en: string;
                                    zh: string;
                                };
                                rule: string;
                            }[];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{kind}/drafts/{version}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a draft in force, in every process within two seconds
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                    version: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        revision: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            author: string;
                            createdAt: string | null;
                            document: {
                                [key: string]: unknown;
                            };
                            /** @enum {string} */
                            kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                            publishedAt: string | null;
                            publisher: string | null;
                            reason: string;
                            retiredAt: string | null;
                            revision: number;
                            rollbackOf: number | null;
                            /** @enum {string} */
                            state: "built-in" | "draft" | "published" | "retired";
                            version: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{kind}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish the document of an older version again, as the next version
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        reason: string;
                        toVersion: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            author: string;
                            createdAt: string | null;
                            document: {
                                [key: string]: unknown;
                            };
                            /** @enum {string} */
                            kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                            publishedAt: string | null;
                            publisher: string | null;
                            reason: string;
                            retiredAt: string | null;
                            revision: number;
                            rollbackOf: number | null;
                            /** @enum {string} */
                            state: "built-in" | "draft" | "published" | "retired";
                            version: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{kind}/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The JSON Schema of a document of this kind, for forms
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            [key: string]: unknown;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{kind}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One version with its document; 0 is the built-in one
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                    version: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            author: string;
                            createdAt: string | null;
                            document: {
                                [key: string]: unknown;
                            };
                            /** @enum {string} */
                            kind: "order-life" | "reservation" | "allocation" | "safety-stock" | "promotion" | "wms-mapping" | "erp-mapping" | "change-anomaly" | "transfer" | "notification" | "approval-route" | "combined-shipping" | "health-score" | "reconciliation" | "replenishment" | "abnormal-order" | "sensitive-words" | "customer-segments" | "data-flow" | "inspection";
                            publishedAt: string | null;
                            publisher: string | null;
                            reason: string;
                            retiredAt: string | null;
                            revision: number;
                            rollbackOf: number | null;
                            /** @enum {string} */
                            state: "built-in" | "draft" | "published" | "retired";
                            version: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/presales": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Presales: promised, sold, waiting, expected
         * @description Systems: mall, warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    skuId?: string;
                    sort?: "newest" | "expected" | "promised" | "sold" | "waiting";
                    state?: "open" | "arrived" | "closed";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: date-time */
                                closesAt: string;
                                /** Format: date-time */
                                createdAt: string;
                                createdBy: string;
                                /** Format: date */
                                expectedOn: string;
                                freed: number;
                                left: number;
                                /** Format: date-time */
                                opensAt: string;
                                /** Format: uuid */
                                presaleId: string;
                                promised: number;
                                served: number;
                                skuId: string;
                                sold: number;
                                /** @enum {string} */
                                state: "open" | "arrived" | "closed";
                                /** Format: date-time */
                                updatedAt: string;
                                waiting: number;
                                warehouseId: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Open a presale: units of a SKU that may be promised before they are there
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: date-time */
                        closesAt: string;
                        /** Format: date */
                        expectedOn: string;
                        /** Format: date-time */
                        opensAt?: string;
                        quantity: number;
                        skuId: string;
                        warehouseId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            closesAt: string;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            /** Format: date */
                            expectedOn: string;
                            freed: number;
                            left: number;
                            /** Format: date-time */
                            opensAt: string;
                            /** Format: uuid */
                            presaleId: string;
                            promised: number;
                            served: number;
                            skuId: string;
                            sold: number;
                            /** @enum {string} */
                            state: "open" | "arrived" | "closed";
                            /** Format: date-time */
                            updatedAt: string;
                            waiting: number;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/presales/{presaleId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One presale
         * @description Systems: mall, warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    presaleId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            closesAt: string;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            /** Format: date */
                            expectedOn: string;
                            freed: number;
                            left: number;
                            /** Format: date-time */
                            opensAt: string;
                            /** Format: uuid */
                            presaleId: string;
                            promised: number;
                            served: number;
                            skuId: string;
                            sold: number;
                            /** @enum {string} */
                            state: "open" | "arrived" | "closed";
                            /** Format: date-time */
                            updatedAt: string;
                            waiting: number;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the day it is expected on, or how many units are promised: never below what is sold
         * @description Systems: ops. Roles: ops, admin.
         */
        patch: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    presaleId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: date */
                        expectedOn?: string;
                        quantity?: number;
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            closesAt: string;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            /** Format: date */
                            expectedOn: string;
                            freed: number;
                            left: number;
                            /** Format: date-time */
                            opensAt: string;
                            /** Format: uuid */
                            presaleId: string;
                            promised: number;
                            served: number;
                            skuId: string;
                            sold: number;
                            /** @enum {string} */
                            state: "open" | "arrived" | "closed";
                            /** Format: date-time */
                            updatedAt: string;
                            waiting: number;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/presales/{presaleId}/arrivals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Units came in: they become stock, and orders that wait are served, who paid first first
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    presaleId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @default false */
                        inStock?: boolean;
                        quantity: number;
                        reason: string;
                        warehouseId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            freeUnits: number;
                            /** Format: uuid */
                            presaleId: string;
                            quantity: number;
                            servedOrders: number;
                            servedUnits: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/presales/{presaleId}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sell no more of it; orders that wait are still served, or given up with their money back
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    presaleId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @default false */
                        giveUpWaiting?: boolean;
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            closesAt: string;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            /** Format: date */
                            expectedOn: string;
                            freed: number;
                            left: number;
                            /** Format: date-time */
                            opensAt: string;
                            /** Format: uuid */
                            presaleId: string;
                            promised: number;
                            served: number;
                            skuId: string;
                            sold: number;
                            /** @enum {string} */
                            state: "open" | "arrived" | "closed";
                            /** Format: date-time */
                            updatedAt: string;
                            waiting: number;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/promotions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Promotions with the sums of their quotas; `state=open`: scheduled and running
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    channel?: string;
                    cursor?: string;
                    limit?: number;
                    skuId?: string;
                    sort?: "newest" | "start";
                    state?: "scheduled" | "running" | "ended" | "cancelled" | "open";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                closedAt: string | null;
                                closedBy: string | null;
                                closeReason: string | null;
                                /** Format: date-time */
                                createdAt: string;
                                createdBy: string;
                                /** Format: date-time */
                                endsAt: string;
                                name: string;
                                policyVersion: number;
                                /** Format: uuid */
                                promotionId: string;
                                shortages: {
                                    available: number;
                                    requested: number;
                                    skuId: string;
                                }[];
                                startedAt: string | null;
                                /** Format: date-time */
                                startsAt: string;
                                /** @enum {string} */
                                state: "scheduled" | "running" | "ended" | "cancelled";
                                total: {
                                    drawn: number;
                                    promised: number;
                                    remaining: number;
                                    returned: number;
                                };
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Plan a promotion: units per SKU and channel, held from its start to its end
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: date-time */
                        endsAt: string;
                        name: string;
                        quotas: {
                            channel: string;
                            quantity: number;
                            skuId: string;
                        }[];
                        /** Format: date-time */
                        startsAt: string;
                        /** @default false */
                        stockExpected?: boolean;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            closedAt: string | null;
                            closedBy: string | null;
                            closeReason: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            /** Format: date-time */
                            endsAt: string;
                            name: string;
                            policyVersion: number;
                            /** Format: uuid */
                            promotionId: string;
                            quotas: {
                                channel: string;
                                drawn: number;
                                promised: number;
                                remaining: number;
                                returned: number;
                                skuId: string;
                                warehouses: {
                                    remaining: number;
                                    warehouseId: string;
                                }[];
                            }[];
                            shortages: {
                                available: number;
                                requested: number;
                                skuId: string;
                            }[];
                            startedAt: string | null;
                            /** Format: date-time */
                            startsAt: string;
                            /** @enum {string} */
                            state: "scheduled" | "running" | "ended" | "cancelled";
                            total: {
                                drawn: number;
                                promised: number;
                                remaining: number;
                                returned: number;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/promotions/{promotionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What each SKU and channel was promised, has drawn and has left, and where
         * @description Systems: mall, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    promotionId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            closedAt: string | null;
                            closedBy: string | null;
                            closeReason: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            /** Format: date-time */
                            endsAt: string;
                            name: string;
                            policyVersion: number;
                            /** Format: uuid */
                            promotionId: string;
                            quotas: {
                                channel: string;
                                drawn: number;
                                promised: number;
                                remaining: number;
                                returned: number;
                                skuId: string;
                                warehouses: {
                                    remaining: number;
                                    warehouseId: string;
                                }[];
                            }[];
                            shortages: {
                                available: number;
                                requested: number;
                                skuId: string;
                            }[];
                            startedAt: string | null;
                            /** Format: date-time */
                            startsAt: string;
                            /** @enum {string} */
                            state: "scheduled" | "running" | "ended" | "cancelled";
                            total: {
                                drawn: number;
                                promised: number;
                                remaining: number;
                                returned: number;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/promotions/{promotionId}/cancellation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call a promotion off, before its start or while it runs
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    promotionId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            closedAt: string | null;
                            closedBy: string | null;
                            closeReason: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            /** Format: date-time */
                            endsAt: string;
                            name: string;
                            policyVersion: number;
                            /** Format: uuid */
                            promotionId: string;
                            quotas: {
                                channel: string;
                                drawn: number;
                                promised: number;
                                remaining: number;
                                returned: number;
                                skuId: string;
                                warehouses: {
                                    remaining: number;
                                    warehouseId: string;
                                }[];
                            }[];
                            shortages: {
                                available: number;
                                requested: number;
                                skuId: string;
                            }[];
                            startedAt: string | null;
                            /** Format: date-time */
                            startsAt: string;
                            /** @enum {string} */
                            state: "scheduled" | "running" | "ended" | "cancelled";
                            total: {
                                drawn: number;
                                promised: number;
                                remaining: number;
                                returned: number;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/promotions/{promotionId}/early-end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a running promotion now; what is left is free stock at once
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    promotionId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            closedAt: string | null;
                            closedBy: string | null;
                            closeReason: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            /** Format: date-time */
                            endsAt: string;
                            name: string;
                            policyVersion: number;
                            /** Format: uuid */
                            promotionId: string;
                            quotas: {
                                channel: string;
                                drawn: number;
                                promised: number;
                                remaining: number;
                                returned: number;
                                skuId: string;
                                warehouses: {
                                    remaining: number;
                                    warehouseId: string;
                                }[];
                            }[];
                            shortages: {
                                available: number;
                                requested: number;
                                skuId: string;
                            }[];
                            startedAt: string | null;
                            /** Format: date-time */
                            startsAt: string;
                            /** @enum {string} */
                            state: "scheduled" | "running" | "ended" | "cancelled";
                            total: {
                                drawn: number;
                                promised: number;
                                remaining: number;
                                returned: number;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/promotions/{promotionId}/moves": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Move units that nobody has drawn yet to another channel, while the promotion runs
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    promotionId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        fromChannel: string;
                        quantity: number;
                        reason: string;
                        skuId: string;
                        toChannel: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            closedAt: string | null;
                            closedBy: string | null;
                            closeReason: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            /** Format: date-time */
                            endsAt: string;
                            name: string;
                            policyVersion: number;
                            /** Format: uuid */
                            promotionId: string;
                            quotas: {
                                channel: string;
                                drawn: number;
                                promised: number;
                                remaining: number;
                                returned: number;
                                skuId: string;
                                warehouses: {
                                    remaining: number;
                                    warehouseId: string;
                                }[];
                            }[];
                            shortages: {
                                available: number;
                                requested: number;
                                skuId: string;
                            }[];
                            startedAt: string | null;
                            /** Format: date-time */
                            startsAt: string;
                            /** @enum {string} */
                            state: "scheduled" | "running" | "ended" | "cancelled";
                            total: {
                                drawn: number;
                                promised: number;
                                remaining: number;
                                returned: number;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchase-lists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Purchase lists
         * @description Systems: warehouse, ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    late?: string;
                    limit?: number;
                    open?: string;
                    sort?: "newest" | "oldest";
                    status?: "draft" | "submitted" | "approved" | "partially_received" | "received" | "closed_short" | "cancelled";
                    supplierId?: string;
                    warehouseId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                amountCents: number;
                                approvedAt: string | null;
                                approverRoles: ("regional_director" | "finance" | "ops" | "admin")[];
                                closedAt: string | null;
                                /** Format: date-time */
                                createdAt: string;
                                createdBy: string;
                                erp: {
                                    error: string | null;
                                    reference: string | null;
                                    /** @enum {string} */
                                    state: "none" | "due" | "sending" | "sent" | "refused";
                                };
                                expectedOn: string | null;
                                late: boolean;
                                meaning: {
                                    en: string;
                                    zh: string;
                                };
                                note: string | null;
                                number: string;
                                policyVersion: number | null;
                                /** Format: uuid */
                                purchaseId: string;
                                receivedUnits: number;
                                /** @enum {string} */
                                status: "draft" | "submitted" | "approved" | "partially_received" | "received" | "closed_short" | "cancelled";
                                submittedBy: string | null;
                                supplierId: string;
                                units: number;
                                /** Format: date-time */
                                updatedAt: string;
                                version: number;
                                warehouseId: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Begin a list, of what was suggested or of given lines
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "warehouseId": "WH-SH",
                     *       "supplierId": "SUP-01"
                     *     }
                     */
                    "application/json": {
                        lines?: {
                            skuId: string;
                            unitCostCents?: number;
                            units: number;
                        }[];
                        note?: string;
                        supplierId: string;
                        warehouseId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: number;
                            approvedAt: string | null;
                            approverRoles: ("regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            erp: {
                                error: string | null;
                                reference: string | null;
                                /** @enum {string} */
                                state: "none" | "due" | "sending" | "sent" | "refused";
                            };
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            expectedOn: string | null;
                            late: boolean;
                            lines: {
                                lineNumber: number;
                                reason: {
                                    en: string;
                                    zh: string;
                                } | null;
                                receivedUnits: number;
                                skuId: string;
                                suggestedUnits: number;
                                unitCostCents: number;
                                units: number;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            note: string | null;
                            number: string;
                            policyVersion: number | null;
                            /** Format: uuid */
                            purchaseId: string;
                            receivedUnits: number;
                            /** @enum {string} */
                            status: "draft" | "submitted" | "approved" | "partially_received" | "received" | "closed_short" | "cancelled";
                            submittedBy: string | null;
                            supplierId: string;
                            units: number;
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchase-lists/{purchaseId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One list with its lines and its story
         * @description Systems: warehouse, ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    purchaseId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: number;
                            approvedAt: string | null;
                            approverRoles: ("regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            erp: {
                                error: string | null;
                                reference: string | null;
                                /** @enum {string} */
                                state: "none" | "due" | "sending" | "sent" | "refused";
                            };
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            expectedOn: string | null;
                            late: boolean;
                            lines: {
                                lineNumber: number;
                                reason: {
                                    en: string;
                                    zh: string;
                                } | null;
                                receivedUnits: number;
                                skuId: string;
                                suggestedUnits: number;
                                unitCostCents: number;
                                units: number;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            note: string | null;
                            number: string;
                            policyVersion: number | null;
                            /** Format: uuid */
                            purchaseId: string;
                            receivedUnits: number;
                            /** @enum {string} */
                            status: "draft" | "submitted" | "approved" | "partially_received" | "received" | "closed_short" | "cancelled";
                            submittedBy: string | null;
                            supplierId: string;
                            units: number;
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchase-lists/{purchaseId}/cancellation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a list up that the ERP has not ordered
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    purchaseId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: number;
                            approvedAt: string | null;
                            approverRoles: ("regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            erp: {
                                error: string | null;
                                reference: string | null;
                                /** @enum {string} */
                                state: "none" | "due" | "sending" | "sent" | "refused";
                            };
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            expectedOn: string | null;
                            late: boolean;
                            lines: {
                                lineNumber: number;
                                reason: {
                                    en: string;
                                    zh: string;
                                } | null;
                                receivedUnits: number;
                                skuId: string;
                                suggestedUnits: number;
                                unitCostCents: number;
                                units: number;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            note: string | null;
                            number: string;
                            policyVersion: number | null;
                            /** Format: uuid */
                            purchaseId: string;
                            receivedUnits: number;
                            /** @enum {string} */
                            status: "draft" | "submitted" | "approved" | "partially_received" | "received" | "closed_short" | "cancelled";
                            submittedBy: string | null;
                            supplierId: string;
                            units: number;
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchase-lists/{purchaseId}/closing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The rest is not coming any more
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    purchaseId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: number;
                            approvedAt: string | null;
                            approverRoles: ("regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            erp: {
                                error: string | null;
                                reference: string | null;
                                /** @enum {string} */
                                state: "none" | "due" | "sending" | "sent" | "refused";
                            };
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            expectedOn: string | null;
                            late: boolean;
                            lines: {
                                lineNumber: number;
                                reason: {
                                    en: string;
                                    zh: string;
                                } | null;
                                receivedUnits: number;
                                skuId: string;
                                suggestedUnits: number;
                                unitCostCents: number;
                                units: number;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            note: string | null;
                            number: string;
                            policyVersion: number | null;
                            /** Format: uuid */
                            purchaseId: string;
                            receivedUnits: number;
                            /** @enum {string} */
                            status: "draft" | "submitted" | "approved" | "partially_received" | "received" | "closed_short" | "cancelled";
                            submittedBy: string | null;
                            supplierId: string;
                            units: number;
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchase-lists/{purchaseId}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a list, or send it back; people only, and nobody their own
         * @description Roles: regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    purchaseId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        decision: "approve" | "send_back";
                        /** @default  */
                        note?: string;
                        version: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: number;
                            approvedAt: string | null;
                            approverRoles: ("regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            erp: {
                                error: string | null;
                                reference: string | null;
                                /** @enum {string} */
                                state: "none" | "due" | "sending" | "sent" | "refused";
                            };
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            expectedOn: string | null;
                            late: boolean;
                            lines: {
                                lineNumber: number;
                                reason: {
                                    en: string;
                                    zh: string;
                                } | null;
                                receivedUnits: number;
                                skuId: string;
                                suggestedUnits: number;
                                unitCostCents: number;
                                units: number;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            note: string | null;
                            number: string;
                            policyVersion: number | null;
                            /** Format: uuid */
                            purchaseId: string;
                            receivedUnits: number;
                            /** @enum {string} */
                            status: "draft" | "submitted" | "approved" | "partially_received" | "received" | "closed_short" | "cancelled";
                            submittedBy: string | null;
                            supplierId: string;
                            units: number;
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchase-lists/{purchaseId}/erp-retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell the ERP again what it had refused
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    purchaseId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: number;
                            approvedAt: string | null;
                            approverRoles: ("regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            erp: {
                                error: string | null;
                                reference: string | null;
                                /** @enum {string} */
                                state: "none" | "due" | "sending" | "sent" | "refused";
                            };
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            expectedOn: string | null;
                            late: boolean;
                            lines: {
                                lineNumber: number;
                                reason: {
                                    en: string;
                                    zh: string;
                                } | null;
                                receivedUnits: number;
                                skuId: string;
                                suggestedUnits: number;
                                unitCostCents: number;
                                units: number;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            note: string | null;
                            number: string;
                            policyVersion: number | null;
                            /** Format: uuid */
                            purchaseId: string;
                            receivedUnits: number;
                            /** @enum {string} */
                            status: "draft" | "submitted" | "approved" | "partially_received" | "received" | "closed_short" | "cancelled";
                            submittedBy: string | null;
                            supplierId: string;
                            units: number;
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchase-lists/{purchaseId}/lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Replace the lines of a draft
         * @description Systems: ops. Roles: ops, admin.
         */
        put: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    purchaseId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        lines: {
                            skuId: string;
                            unitCostCents?: number;
                            units: number;
                        }[];
                        version: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: number;
                            approvedAt: string | null;
                            approverRoles: ("regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            erp: {
                                error: string | null;
                                reference: string | null;
                                /** @enum {string} */
                                state: "none" | "due" | "sending" | "sent" | "refused";
                            };
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            expectedOn: string | null;
                            late: boolean;
                            lines: {
                                lineNumber: number;
                                reason: {
                                    en: string;
                                    zh: string;
                                } | null;
                                receivedUnits: number;
                                skuId: string;
                                suggestedUnits: number;
                                unitCostCents: number;
                                units: number;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            note: string | null;
                            number: string;
                            policyVersion: number | null;
                            /** Format: uuid */
                            purchaseId: string;
                            receivedUnits: number;
                            /** @enum {string} */
                            status: "draft" | "submitted" | "approved" | "partially_received" | "received" | "closed_short" | "cancelled";
                            submittedBy: string | null;
                            supplierId: string;
                            units: number;
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchase-lists/{purchaseId}/receipts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Goods that have come in; they are in stock with the answer
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    purchaseId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        lines: {
                            lineNumber: number;
                            units: number;
                        }[];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: number;
                            approvedAt: string | null;
                            approverRoles: ("regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            erp: {
                                error: string | null;
                                reference: string | null;
                                /** @enum {string} */
                                state: "none" | "due" | "sending" | "sent" | "refused";
                            };
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            expectedOn: string | null;
                            late: boolean;
                            lines: {
                                lineNumber: number;
                                reason: {
                                    en: string;
                                    zh: string;
                                } | null;
                                receivedUnits: number;
                                skuId: string;
                                suggestedUnits: number;
                                unitCostCents: number;
                                units: number;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            note: string | null;
                            number: string;
                            policyVersion: number | null;
                            /** Format: uuid */
                            purchaseId: string;
                            receivedUnits: number;
                            /** @enum {string} */
                            status: "draft" | "submitted" | "approved" | "partially_received" | "received" | "closed_short" | "cancelled";
                            submittedBy: string | null;
                            supplierId: string;
                            units: number;
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchase-lists/{purchaseId}/submission": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hand a draft in; the policy says who decides, or that nobody has to
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    purchaseId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        version: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            amountCents: number;
                            approvedAt: string | null;
                            approverRoles: ("regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            erp: {
                                error: string | null;
                                reference: string | null;
                                /** @enum {string} */
                                state: "none" | "due" | "sending" | "sent" | "refused";
                            };
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number;
                            }[];
                            expectedOn: string | null;
                            late: boolean;
                            lines: {
                                lineNumber: number;
                                reason: {
                                    en: string;
                                    zh: string;
                                } | null;
                                receivedUnits: number;
                                skuId: string;
                                suggestedUnits: number;
                                unitCostCents: number;
                                units: number;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            note: string | null;
                            number: string;
                            policyVersion: number | null;
                            /** Format: uuid */
                            purchaseId: string;
                            receivedUnits: number;
                            /** @enum {string} */
                            status: "draft" | "submitted" | "approved" | "partially_received" | "received" | "closed_short" | "cancelled";
                            submittedBy: string | null;
                            supplierId: string;
                            units: number;
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliation-differences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What differs, the largest first
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    afterClose?: string;
                    counterpart?: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                    cursor?: string;
                    from?: string;
                    kind?: "missing_here" | "missing_there" | "amount" | "status" | "duplicate" | "timing";
                    limit?: number;
                    lineKind?: "order" | "refund" | "payment" | "waybill" | "customer" | "after_sale" | "stock";
                    minimumCents?: number;
                    orderId?: string;
                    runId?: string;
                    sort?: "newest" | "oldest" | "largest";
                    state?: "open" | "change_requested" | "accepted" | "fixed" | "resolved" | "unsettled";
                    storeId?: string;
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                afterClose: boolean;
                                ageDays: number;
                                atStakeCents: number;
                                changeId: string | null;
                                /** @enum {string} */
                                counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                                /** Format: uuid */
                                differenceId: string;
                                facets: ("amount" | "status" | "timing")[];
                                /** Format: uuid */
                                firstRunId: string;
                                /** Format: date-time */
                                foundAt: string;
                                hub: {
                                    at: string | null;
                                    key: string;
                                    ref: string;
                                    status: string | null;
                                    value: number | null;
                                } | null;
                                /** @enum {string} */
                                kind: "missing_here" | "missing_there" | "amount" | "status" | "duplicate" | "timing";
                                /** Format: uuid */
                                lastRunId: string;
                                /** @enum {string} */
                                lineKind: "order" | "refund" | "payment" | "waybill" | "customer" | "after_sale" | "stock";
                                meaning: {
                                    en: string;
                                    zh: string;
                                };
                                /** Format: date */
                                occurredOn: string;
                                orderId: string | null;
                                /** Format: date-time */
                                seenAt: string;
                                settledAt: string | null;
                                /** @enum {string} */
                                state: "open" | "change_requested" | "accepted" | "fixed" | "resolved";
                                storeId: string | null;
                                suggestion: {
                                    en: string;
                                    zh: string;
                                };
                                there: {
                                    at: string | null;
                                    key: string;
                                    ref: string;
                                    status: string | null;
                                    value: number | null;
                                } | null;
                                unit: ("cents" | "units") | null;
                                valueDifference: number;
                                version: number;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliation-differences/{differenceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A difference: what both sides say, the order behind it, and who has moved it
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    differenceId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            afterClose: boolean;
                            ageDays: number;
                            atStakeCents: number;
                            changeId: string | null;
                            /** @enum {string} */
                            counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                            /** Format: uuid */
                            differenceId: string;
                            facets: ("amount" | "status" | "timing")[];
                            /** Format: uuid */
                            firstRunId: string;
                            /** Format: date-time */
                            foundAt: string;
                            hub: {
                                at: string | null;
                                key: string;
                                ref: string;
                                status: string | null;
                                value: number | null;
                            } | null;
                            /** @enum {string} */
                            kind: "missing_here" | "missing_there" | "amount" | "status" | "duplicate" | "timing";
                            /** Format: uuid */
                            lastRunId: string;
                            /** @enum {string} */
                            lineKind: "order" | "refund" | "payment" | "waybill" | "customer" | "after_sale" | "stock";
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            moves: {
                                /** @enum {string} */
                                from: "open" | "change_requested" | "accepted" | "fixed" | "resolved";
                                /** Format: date-time */
                                movedAt: string;
                                operator: string;
                                reason: string;
                                /** @enum {string} */
                                to: "open" | "change_requested" | "accepted" | "fixed" | "resolved";
                            }[];
                            /** Format: date */
                            occurredOn: string;
                            order: {
                                amountCents: number;
                                externalOrderId: string | null;
                                logUrl: string;
                                /** Format: uuid */
                                orderId: string;
                                paidCents: number;
                                /** Format: date-time */
                                placedAt: string;
                                refundedCents: number;
                                status: string;
                            } | null;
                            orderId: string | null;
                            /** Format: date-time */
                            seenAt: string;
                            settledAt: string | null;
                            /** @enum {string} */
                            state: "open" | "change_requested" | "accepted" | "fixed" | "resolved";
                            storeId: string | null;
                            suggestion: {
                                en: string;
                                zh: string;
                            };
                            there: {
                                at: string | null;
                                key: string;
                                ref: string;
                                status: string | null;
                                value: number | null;
                            } | null;
                            unit: ("cents" | "units") | null;
                            valueDifference: number;
                            version: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliation-differences/{differenceId}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept a difference, say that it is mended, or ask for a change of its order
         * @description Roles: finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    differenceId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        decision: "accept";
                        reason: string;
                        version: number;
                    } | {
                        /** @enum {string} */
                        decision: "fixed";
                        reason: string;
                        version: number;
                    } | {
                        change: {
                            freightCents?: number;
                            /** @default [] */
                            lines?: {
                                lineNumber: number;
                                unitPriceCents: number;
                            }[];
                            /** @enum {string} */
                            type: "price";
                        } | {
                            lines: {
                                lineNumber: number;
                                quantity: number;
                            }[];
                            /** @enum {string} */
                            type: "quantity";
                        } | {
                            /** @enum {string} */
                            type: "cancel";
                        } | {
                            amountCents: number;
                            paymentId: string;
                            /** @enum {string} */
                            type: "refund";
                        };
                        /** @enum {string} */
                        decision: "request_change";
                        orderVersion: number;
                        reason: string;
                        /** @enum {string} */
                        reasonCode: "customer_request" | "price_error" | "wrong_address" | "out_of_stock" | "quality" | "goodwill" | "duplicate_order" | "other";
                        version: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            afterClose: boolean;
                            ageDays: number;
                            atStakeCents: number;
                            changeId: string | null;
                            /** @enum {string} */
                            counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                            /** Format: uuid */
                            differenceId: string;
                            facets: ("amount" | "status" | "timing")[];
                            /** Format: uuid */
                            firstRunId: string;
                            /** Format: date-time */
                            foundAt: string;
                            hub: {
                                at: string | null;
                                key: string;
                                ref: string;
                                status: string | null;
                                value: number | null;
                            } | null;
                            /** @enum {string} */
                            kind: "missing_here" | "missing_there" | "amount" | "status" | "duplicate" | "timing";
                            /** Format: uuid */
                            lastRunId: string;
                            /** @enum {string} */
                            lineKind: "order" | "refund" | "payment" | "waybill" | "customer" | "after_sale" | "stock";
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            moves: {
                                /** @enum {string} */
                                from: "open" | "change_requested" | "accepted" | "fixed" | "resolved";
                                /** Format: date-time */
                                movedAt: string;
                                operator: string;
                                reason: string;
                                /** @enum {string} */
                                to: "open" | "change_requested" | "accepted" | "fixed" | "resolved";
                            }[];
                            /** Format: date */
                            occurredOn: string;
                            order: {
                                amountCents: number;
                                externalOrderId: string | null;
                                logUrl: string;
                                /** Format: uuid */
                                orderId: string;
                                paidCents: number;
                                /** Format: date-time */
                                placedAt: string;
                                refundedCents: number;
                                status: string;
                            } | null;
                            orderId: string | null;
                            /** Format: date-time */
                            seenAt: string;
                            settledAt: string | null;
                            /** @enum {string} */
                            state: "open" | "change_requested" | "accepted" | "fixed" | "resolved";
                            storeId: string | null;
                            suggestion: {
                                en: string;
                                zh: string;
                            };
                            there: {
                                at: string | null;
                                key: string;
                                ref: string;
                                status: string | null;
                                value: number | null;
                            } | null;
                            unit: ("cents" | "units") | null;
                            valueDifference: number;
                            version: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliation-periods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Months that are closed
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    counterpart?: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                    cursor?: string;
                    limit?: number;
                    sort?: "newest" | "oldest";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                afterClose: number;
                                canonical: string;
                                /** @enum {string} */
                                counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                                month: string;
                                /** Format: uuid */
                                periodId: string;
                                reason: string;
                                signature: {
                                    /** @enum {string} */
                                    algorithm: "HMAC-SHA256";
                                    isValid: boolean;
                                    keyId: string;
                                    value: string;
                                };
                                summary: {
                                    /** Format: date-time */
                                    closedAt: string;
                                    closedBy: string;
                                    /** Format: date */
                                    comparedFrom: string;
                                    /** Format: date */
                                    comparedTo: string;
                                    /** @enum {string} */
                                    counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                                    counterpartLines: number;
                                    differences: {
                                        atStakeCents: number;
                                        count: number;
                                        /** @enum {string} */
                                        kind: "missing_here" | "missing_there" | "amount" | "status" | "duplicate" | "timing";
                                        /** @enum {string} */
                                        state: "open" | "change_requested" | "accepted" | "fixed" | "resolved";
                                        valueDifference: number;
                                    }[];
                                    hubLines: number;
                                    month: string;
                                    pairs: number;
                                    /** Format: uuid */
                                    runId: string;
                                };
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Close a month with another system, with a signed summary
         * @description Roles: finance, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                        month: string;
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            afterClose: number;
                            canonical: string;
                            /** @enum {string} */
                            counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                            month: string;
                            /** Format: uuid */
                            periodId: string;
                            reason: string;
                            signature: {
                                /** @enum {string} */
                                algorithm: "HMAC-SHA256";
                                isValid: boolean;
                                keyId: string;
                                value: string;
                            };
                            summary: {
                                /** Format: date-time */
                                closedAt: string;
                                closedBy: string;
                                /** Format: date */
                                comparedFrom: string;
                                /** Format: date */
                                comparedTo: string;
                                /** @enum {string} */
                                counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                                counterpartLines: number;
                                differences: {
                                    atStakeCents: number;
                                    count: number;
                                    /** @enum {string} */
                                    kind: "missing_here" | "missing_there" | "amount" | "status" | "duplicate" | "timing";
                                    /** @enum {string} */
                                    state: "open" | "change_requested" | "accepted" | "fixed" | "resolved";
                                    valueDifference: number;
                                }[];
                                hubLines: number;
                                month: string;
                                pairs: number;
                                /** Format: uuid */
                                runId: string;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliation-periods/{periodId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a closed month came to, and whether its signature holds
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    periodId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            afterClose: number;
                            canonical: string;
                            /** @enum {string} */
                            counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                            month: string;
                            /** Format: uuid */
                            periodId: string;
                            reason: string;
                            signature: {
                                /** @enum {string} */
                                algorithm: "HMAC-SHA256";
                                isValid: boolean;
                                keyId: string;
                                value: string;
                            };
                            summary: {
                                /** Format: date-time */
                                closedAt: string;
                                closedBy: string;
                                /** Format: date */
                                comparedFrom: string;
                                /** Format: date */
                                comparedTo: string;
                                /** @enum {string} */
                                counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                                counterpartLines: number;
                                differences: {
                                    atStakeCents: number;
                                    count: number;
                                    /** @enum {string} */
                                    kind: "missing_here" | "missing_there" | "amount" | "status" | "duplicate" | "timing";
                                    /** @enum {string} */
                                    state: "open" | "change_requested" | "accepted" | "fixed" | "resolved";
                                    valueDifference: number;
                                }[];
                                hubLines: number;
                                month: string;
                                pairs: number;
                                /** Format: uuid */
                                runId: string;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Runs, with how far they are
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    counterpart?: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                    cursor?: string;
                    limit?: number;
                    sort?: "newest" | "oldest";
                    state?: "waiting" | "running" | "done" | "failed" | "cancelled";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @enum {string} */
                                counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                                /** Format: date-time */
                                createdAt: string;
                                finishedAt: string | null;
                                /** Format: date */
                                from: string;
                                lastError: string | null;
                                /** @enum {string} */
                                origin: "schedule" | "person";
                                /** @enum {string} */
                                phase: "hub" | "counterpart" | "keys" | "groups" | "settle" | "clean";
                                policyVersion: number | null;
                                progress: {
                                    comparedLines: number;
                                    counterpartLines: number;
                                    hubLines: number;
                                    percent: number | null;
                                };
                                requestedBy: string;
                                result: {
                                    autoClosed: number;
                                    awaited: number;
                                    differences: number;
                                    opened: number;
                                    pairs: number;
                                };
                                /** Format: uuid */
                                runId: string;
                                startedAt: string | null;
                                /** @enum {string} */
                                state: "waiting" | "running" | "done" | "failed" | "cancelled";
                                /** Format: date */
                                to: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Compare the hub with another system over some days, in the background
         * @description Systems: ops. Roles: finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                        /** Format: date */
                        from: string;
                        /** Format: date */
                        to: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                            /** Format: date-time */
                            createdAt: string;
                            finishedAt: string | null;
                            /** Format: date */
                            from: string;
                            lastError: string | null;
                            /** @enum {string} */
                            origin: "schedule" | "person";
                            /** @enum {string} */
                            phase: "hub" | "counterpart" | "keys" | "groups" | "settle" | "clean";
                            policyVersion: number | null;
                            progress: {
                                comparedLines: number;
                                counterpartLines: number;
                                hubLines: number;
                                percent: number | null;
                            };
                            requestedBy: string;
                            result: {
                                autoClosed: number;
                                awaited: number;
                                differences: number;
                                opened: number;
                                pairs: number;
                            };
                            /** Format: uuid */
                            runId: string;
                            startedAt: string | null;
                            /** @enum {string} */
                            state: "waiting" | "running" | "done" | "failed" | "cancelled";
                            /** Format: date */
                            to: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliations/{runId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far a run is, and what it came to
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    runId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                            /** Format: date-time */
                            createdAt: string;
                            finishedAt: string | null;
                            /** Format: date */
                            from: string;
                            lastError: string | null;
                            /** @enum {string} */
                            origin: "schedule" | "person";
                            /** @enum {string} */
                            phase: "hub" | "counterpart" | "keys" | "groups" | "settle" | "clean";
                            policyVersion: number | null;
                            progress: {
                                comparedLines: number;
                                counterpartLines: number;
                                hubLines: number;
                                percent: number | null;
                            };
                            requestedBy: string;
                            result: {
                                autoClosed: number;
                                awaited: number;
                                differences: number;
                                opened: number;
                                pairs: number;
                            };
                            /** Format: uuid */
                            runId: string;
                            startedAt: string | null;
                            /** @enum {string} */
                            state: "waiting" | "running" | "done" | "failed" | "cancelled";
                            /** Format: date */
                            to: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Stop a run where it stands
         * @description Systems: ops. Roles: finance, ops, admin.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    runId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                            /** Format: date-time */
                            createdAt: string;
                            finishedAt: string | null;
                            /** Format: date */
                            from: string;
                            lastError: string | null;
                            /** @enum {string} */
                            origin: "schedule" | "person";
                            /** @enum {string} */
                            phase: "hub" | "counterpart" | "keys" | "groups" | "settle" | "clean";
                            policyVersion: number | null;
                            progress: {
                                comparedLines: number;
                                counterpartLines: number;
                                hubLines: number;
                                percent: number | null;
                            };
                            requestedBy: string;
                            result: {
                                autoClosed: number;
                                awaited: number;
                                differences: number;
                                opened: number;
                                pairs: number;
                            };
                            /** Format: uuid */
                            runId: string;
                            startedAt: string | null;
                            /** @enum {string} */
                            state: "waiting" | "running" | "done" | "failed" | "cancelled";
                            /** Format: date */
                            to: string;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliations/{runId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a run that was stopped or has failed go on where it stopped
         * @description Systems: ops. Roles: finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    runId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            counterpart: "channel" | "finance" | "logistics" | "crm" | "erp" | "wms";
                            /** Format: date-time */
                            createdAt: string;
                            finishedAt: string | null;
                            /** Format: date */
                            from: string;
                            lastError: string | null;
                            /** @enum {string} */
                            origin: "schedule" | "person";
                            /** @enum {string} */
                            phase: "hub" | "counterpart" | "keys" | "groups" | "settle" | "clean";
                            policyVersion: number | null;
                            progress: {
                                comparedLines: number;
                                counterpartLines: number;
                                hubLines: number;
                                percent: number | null;
                            };
                            requestedBy: string;
                            result: {
                                autoClosed: number;
                                awaited: number;
                                differences: number;
                                opened: number;
                                pairs: number;
                            };
                            /** Format: uuid */
                            runId: string;
                            startedAt: string | null;
                            /** @enum {string} */
                            state: "waiting" | "running" | "done" | "failed" | "cancelled";
                            /** Format: date */
                            to: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/replenishment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What each SKU needs in each warehouse, as of last night, with the reason
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    only?: "suggested" | "purchase" | "transfer" | "excess";
                    skuId?: string;
                    sort?: "sku" | "urgency" | "excess";
                    supplierId?: string;
                    warehouseId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                category: string;
                                coverDays: number | null;
                                /** Format: date */
                                day: string;
                                excessUnits: number;
                                forecast: {
                                    censoredDays: number;
                                    historyDays: number;
                                    method: string;
                                    /** @enum {string} */
                                    pattern: "none" | "smooth" | "erratic" | "intermittent" | "lumpy";
                                    promotionDays: number;
                                };
                                growthPercent: number | null;
                                leadTime: {
                                    days: number;
                                    deviationDays: number;
                                    /** @enum {string} */
                                    source: "receipts" | "supplier" | "category" | "fallback";
                                };
                                orderUpTo: number;
                                perDay: number;
                                policyVersion: number;
                                purchaseCents: number;
                                purchaseUnits: number;
                                reason: {
                                    en: string;
                                    zh: string;
                                };
                                reorderPoint: number;
                                /** Format: uuid */
                                runId: string;
                                safetyUnits: number;
                                skuId: string;
                                stock: {
                                    available: number;
                                    inTransit: number;
                                    onOrder: number;
                                };
                                suggestedUnits: number;
                                supplierId: string | null;
                                transferUnits: number;
                                /** Format: date-time */
                                updatedAt: string;
                                warehouseId: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/replenishment/levels/{skuId}/{warehouseId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One SKU in one warehouse, with the demand and the errors that led to it
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    skuId: string;
                    warehouseId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            category: string;
                            coverDays: number | null;
                            /** Format: date */
                            day: string;
                            demand: {
                                /** Format: date */
                                day: string;
                                hoursWithoutStock: number;
                                promotionUnits: number;
                                units: number;
                            }[];
                            excessUnits: number;
                            forecast: {
                                censoredDays: number;
                                historyDays: number;
                                method: string;
                                /** @enum {string} */
                                pattern: "none" | "smooth" | "erratic" | "intermittent" | "lumpy";
                                promotionDays: number;
                            };
                            growthPercent: number | null;
                            leadTime: {
                                days: number;
                                deviationDays: number;
                                /** @enum {string} */
                                source: "receipts" | "supplier" | "category" | "fallback";
                            };
                            orderUpTo: number;
                            perDay: number;
                            policyVersion: number;
                            purchaseCents: number;
                            purchaseUnits: number;
                            reason: {
                                en: string;
                                zh: string;
                            };
                            reorderPoint: number;
                            residualDays: number;
                            residuals: number[];
                            /** Format: uuid */
                            runId: string;
                            safetyUnits: number;
                            skuId: string;
                            stock: {
                                available: number;
                                inTransit: number;
                                onOrder: number;
                            };
                            suggestedUnits: number;
                            supplierId: string | null;
                            transferUnits: number;
                            /** Format: date-time */
                            updatedAt: string;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/replenishment/levels/{skuId}/{warehouseId}/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for the units that other warehouses can give; the answer has the proposal and who decides
         * @description Systems: ops. Roles: regional_director, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    skuId: string;
                    warehouseId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            approverRoles: ("store_manager" | "regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            dueAt: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number | null;
                            }[];
                            freightCents: number;
                            legs: {
                                dispatched: number;
                                inTransit: number;
                                legNumber: number;
                                lost: number;
                                path: string[];
                                received: number;
                                reserved: number;
                                returned: number;
                                sourceId: string;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            policyVersion: number;
                            proposal: {
                                breaksSafetyStock: boolean;
                                coverCents: number;
                                crossRegion: boolean;
                                freightCents: number;
                                legs: {
                                    availableLeft: number;
                                    breaksSafetyStock: boolean;
                                    coverDaysLeft: number | null;
                                    distanceKilometres: number;
                                    freightCents: number;
                                    path: string[];
                                    quantity: number;
                                    sourceId: string;
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                                rejected: {
                                    path: string[];
                                    reason: {
                                        /** @enum {string} */
                                        code: "inactive";
                                    } | {
                                        /** @enum {string} */
                                        code: "shortfall";
                                        units: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "sold-out";
                                    } | {
                                        available: number;
                                        /** @enum {string} */
                                        code: "safety-stock";
                                        safetyStock: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "cover";
                                        coverDays: number;
                                        minimumCoverDays: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-freight";
                                        distanceKilometres: number;
                                    } | {
                                        available: number;
                                        canGive: number;
                                        /** @enum {string} */
                                        code: "not-enough";
                                    } | {
                                        /** @enum {string} */
                                        code: "dearer";
                                        extraCents: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-better";
                                        distanceKilometres: number;
                                    };
                                    sourceIds: string[];
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                            };
                            proposalNumber: number;
                            quantity: number;
                            reason: string;
                            requestedBy: string;
                            skuId: string;
                            /** @enum {string} */
                            status: "requested" | "approved" | "reserved" | "dispatched" | "partially_received" | "returning" | "received" | "closed_short" | "closed_with_loss" | "rejected" | "cancelled" | "unsourced";
                            /** Format: uuid */
                            transferId: string;
                            /** Format: date-time */
                            updatedAt: string;
                            valueCents: number;
                            version: number;
                            warehouseId: string;
                            workflowId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/replenishment/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The nightly runs, and how far they are
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    sort?: "newest" | "oldest";
                    state?: "running" | "done" | "cancelled";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: date */
                                day: string;
                                finishedAt: string | null;
                                levels: number;
                                policyVersion: number;
                                /** Format: uuid */
                                runId: string;
                                skus: number;
                                skusDone: number;
                                /** Format: date-time */
                                startedAt: string;
                                /** @enum {string} */
                                state: "running" | "done" | "cancelled";
                                /** Format: date-time */
                                updatedAt: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/replenishment/runs/{runId}/cancellation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a run up after its present batch
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    runId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date */
                            day: string;
                            finishedAt: string | null;
                            levels: number;
                            policyVersion: number;
                            /** Format: uuid */
                            runId: string;
                            skus: number;
                            skusDone: number;
                            /** Format: date-time */
                            startedAt: string;
                            /** @enum {string} */
                            state: "running" | "done" | "cancelled";
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/replenishment/supplies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * From whom SKUs are bought
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    sort?: "sku" | "-sku";
                    supplierId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: date-time */
                                changedAt: string;
                                changedBy: string;
                                /** @default 1 */
                                minimumUnits: number;
                                /** @default 1 */
                                packUnits: number;
                                skuId: string;
                                supplierId: string;
                                /** @default null */
                                unitCostCents: number | null;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/replenishment/supplies/{skuId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say from whom a SKU is bought, in which packs and at which cost
         * @description Systems: ops. Roles: ops, admin.
         */
        put: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    skuId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @default 1 */
                        minimumUnits?: number;
                        /** @default 1 */
                        packUnits?: number;
                        supplierId: string;
                        /** @default null */
                        unitCostCents?: number | null;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            changedAt: string;
                            changedBy: string;
                            /** @default 1 */
                            minimumUnits: number;
                            /** @default 1 */
                            packUnits: number;
                            skuId: string;
                            supplierId: string;
                            /** @default null */
                            unitCostCents: number | null;
                        };
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Changes of a month beside the month before, by store, person or type
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    applicant?: string;
                    by?: "store" | "person" | "type";
                    cursor?: string;
                    limit?: number;
                    month?: string;
                    sort?: "requests" | "applied" | "concession" | "difference" | "key";
                    storeId?: string;
                    type?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            by: "store" | "person" | "type";
                            items: {
                                before: {
                                    applied: number;
                                    concessionCents: number;
                                    differenceCents: number;
                                    rejected: number;
                                    requests: number;
                                };
                                growthPercent: {
                                    concession: number | null;
                                    requests: number | null;
                                };
                                key: string;
                                now: {
                                    applied: number;
                                    concessionCents: number;
                                    differenceCents: number;
                                    rejected: number;
                                    requests: number;
                                };
                                requestsPerDay: number;
                                requestsUrl: string;
                            }[];
                            month: string;
                            nextCursor: string | null;
                            previousMonth: string;
                            refreshedAt: string | null;
                            total: {
                                before: {
                                    applied: number;
                                    concessionCents: number;
                                    differenceCents: number;
                                    rejected: number;
                                    requests: number;
                                };
                                now: {
                                    applied: number;
                                    concessionCents: number;
                                    differenceCents: number;
                                    rejected: number;
                                    requests: number;
                                };
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/changes/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same whole, as CSV
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    applicant?: string;
                    by?: "store" | "person" | "type";
                    month?: string;
                    sort?: "requests" | "applied" | "concession" | "difference" | "key";
                    storeId?: string;
                    type?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/oversell-risk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How likely overselling is, by four dimensions, and what to do about each
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    from?: string;
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            dimensions: [
                                {
                                    /** @enum {string} */
                                    dimension: "channels";
                                    /** @enum {string} */
                                    level: "low" | "medium" | "high";
                                    measure: {
                                        en: string;
                                        zh: string;
                                    };
                                    measured: {
                                        channels: string[];
                                    };
                                    screen: string;
                                },
                                {
                                    /** @enum {string} */
                                    dimension: "orders";
                                    /** @enum {string} */
                                    level: "low" | "medium" | "high";
                                    measure: {
                                        en: string;
                                        zh: string;
                                    };
                                    measured: {
                                        averagePerDay: number;
                                        peak: {
                                            /** Format: date */
                                            day: string;
                                            orders: number;
                                        } | null;
                                        total: number;
                                    };
                                    screen: string;
                                },
                                {
                                    /** @enum {string} */
                                    dimension: "uncoordinated";
                                    /** @enum {string} */
                                    level: "low" | "medium" | "high";
                                    measure: {
                                        en: string;
                                        zh: string;
                                    };
                                    measured: {
                                        orders: number;
                                        share: number | null;
                                        warehouseIds: string[];
                                    };
                                    screen: string;
                                },
                                {
                                    /** @enum {string} */
                                    dimension: "promotions";
                                    /** @enum {string} */
                                    level: "low" | "medium" | "high";
                                    measure: {
                                        en: string;
                                        zh: string;
                                    };
                                    measured: {
                                        began: number;
                                        perMonth: number;
                                    };
                                    screen: string;
                                }
                            ];
                            /** Format: date */
                            from: string;
                            /** @enum {string} */
                            level: "low" | "medium" | "high";
                            /** Format: date */
                            to: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/stock-accuracy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How well the books agreed with the approved counts of a period
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query: {
                    from: string;
                    to: string;
                    warehouseId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            bookUnits: number;
                            counts: number;
                            exactLines: number;
                            /** Format: date-time */
                            from: string;
                            lineAccuracy: number | null;
                            lines: number;
                            missingUnits: number;
                            surplusUnits: number;
                            /** Format: date-time */
                            to: string;
                            unitAccuracy: number | null;
                            warehouses: {
                                bookUnits: number;
                                counts: number;
                                exactLines: number;
                                lineAccuracy: number | null;
                                lines: number;
                                missingUnits: number;
                                surplusUnits: number;
                                unitAccuracy: number | null;
                                warehouseId: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/saved-views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Views of a screen: your own, and what others share
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        get: {
            parameters: {
                query: {
                    cursor?: string;
                    limit?: number;
                    screen: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: date-time */
                                createdAt: string;
                                isMine: boolean;
                                isShared: boolean;
                                name: string;
                                /** @description user name */
                                owner: string;
                                screen: string;
                                search: {
                                    [key: string]: string | boolean | number;
                                };
                                /** Format: uuid */
                                viewId: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Save a screen with its filters; shared, everybody finds it, and sees by it what they may see
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "screen": "orders",
                     *       "name": "待发货",
                     *       "search": {
                     *         "status": "paid"
                     *       },
                     *       "isShared": true
                     *     }
                     */
                    "application/json": {
                        /** @default false */
                        isShared?: boolean;
                        name: string;
                        screen: string;
                        search: {
                            [key: string]: string | boolean | number;
                        };
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            createdAt: string;
                            isMine: boolean;
                            isShared: boolean;
                            name: string;
                            /** @description user name */
                            owner: string;
                            screen: string;
                            search: {
                                [key: string]: string | boolean | number;
                            };
                            /** Format: uuid */
                            viewId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/saved-views/{viewId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a view of yours; an admin removes any that is shared
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    viewId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who I am
         * @description Systems: mall, payments, warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            kind: "system";
                            name: string;
                            storeIds: string[];
                            /** @enum {string} */
                            system: "mall" | "payments" | "warehouse" | "ops";
                        } | {
                            accountId: string;
                            /** @enum {string} */
                            kind: "person";
                            /** @description somebody else chose the password: everything but changing it answers `password-change-required` */
                            mustChangePassword: boolean;
                            region: string | null;
                            /** @enum {string} */
                            role: "clerk" | "team_lead" | "store_manager" | "regional_director" | "finance" | "ops" | "admin" | "inspector";
                            storeIds: string[];
                            userName: string;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Sign in; five failures lock the account for 15 minutes */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "userName": "ops",
                     *       "password": "the printed one"
                     *     }
                     */
                    "application/json": {
                        code?: string;
                        password: string;
                        userName: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            kind: "system";
                            name: string;
                            storeIds: string[];
                            /** @enum {string} */
                            system: "mall" | "payments" | "warehouse" | "ops";
                        } | {
                            accountId: string;
                            /** @enum {string} */
                            kind: "person";
                            /** @description somebody else chose the password: everything but changing it answers `password-change-required` */
                            mustChangePassword: boolean;
                            region: string | null;
                            /** @enum {string} */
                            role: "clerk" | "team_lead" | "store_manager" | "regional_director" | "finance" | "ops" | "admin" | "inspector";
                            storeIds: string[];
                            userName: string;
                        };
                    };
                };
            };
        };
        /**
         * Sign out, on every process at once
         * @description Systems: mall, payments, warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description where a browser ends its session at the OpenID provider, too */
                            continueAt: string;
                        };
                    };
                };
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Come in by the link of a card in WeCom, once, to decide on what it asks */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "token": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                     *     }
                     */
                    "application/json": {
                        token: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            identity: {
                                accountId: string;
                                /** @enum {string} */
                                kind: "person";
                                /** @description somebody else chose the password: everything but changing it answers `password-change-required` */
                                mustChangePassword: boolean;
                                region: string | null;
                                /** @enum {string} */
                                role: "clerk" | "team_lead" | "store_manager" | "regional_director" | "finance" | "ops" | "admin" | "inspector";
                                storeIds: string[];
                                userName: string;
                            };
                            opens: {
                                /** Format: uuid */
                                changeId: string;
                                /** @enum {string} */
                                kind: "change";
                                orderVersion: number;
                                requestVersion: number;
                                stepNumber: number;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Go to the OpenID provider to sign in there; it sends the browser back */
        get: {
            parameters: {
                query?: {
                    returnTo?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the OpenID provider sends a browser back to */
        get: {
            parameters: {
                query?: {
                    code?: string;
                    state?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/oidc/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** End the session at the OpenID provider, too; it sends the browser back */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change your own password; every session of yours ends, this one included
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        current: string;
                        password: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether you are asked for a code at signing in
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            recoveryCodesLeft: number;
                            since: string | null;
                            /** @enum {string} */
                            state: "off" | "on";
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Make a secret for your device; it counts once a code of it has been confirmed
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        password: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description base32 */
                            secret: string;
                            /** @description otpauth://, as a QR code has it */
                            uri: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/second-factor/confirmation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show that your device has the secret; answers recovery codes, once
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        code: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            recoveryCodes: string[];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/second-factor/removal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Be asked for no code any more
         * @description Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin, inspector.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        code: string;
                        password: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/ways": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How people may sign in here */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description at the company’s OpenID provider, too */
                            oidc: boolean;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/settlement-files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Statements that were uploaded
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    account?: string;
                    cursor?: string;
                    limit?: number;
                    sort?: "newest" | "oldest";
                    state?: "waiting" | "reading" | "accepted" | "refused";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                account: string;
                                bytes: number;
                                encoding: string | null;
                                errors: {
                                    en: string;
                                    field: string;
                                    line: number;
                                    zh: string;
                                }[];
                                /** Format: uuid */
                                fileId: string;
                                /** @enum {string} */
                                format: "csv" | "xlsx";
                                knownLines: number;
                                newLines: number;
                                rowsRead: number;
                                settledAt: string | null;
                                sha256: string;
                                /** @enum {string} */
                                state: "waiting" | "reading" | "accepted" | "refused";
                                /** Format: date-time */
                                uploadedAt: string;
                                uploadedBy: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Upload a statement as CSV (UTF-8 or GB18030) or XLSX
         * @description Systems: ops. Roles: finance, ops, admin.
         */
        post: {
            parameters: {
                query: {
                    account: string;
                };
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": {
                        /** Format: binary */
                        file: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            account: string;
                            bytes: number;
                            encoding: string | null;
                            errors: {
                                en: string;
                                field: string;
                                line: number;
                                zh: string;
                            }[];
                            /** Format: uuid */
                            fileId: string;
                            /** @enum {string} */
                            format: "csv" | "xlsx";
                            knownLines: number;
                            newLines: number;
                            rowsRead: number;
                            settledAt: string | null;
                            sha256: string;
                            /** @enum {string} */
                            state: "waiting" | "reading" | "accepted" | "refused";
                            /** Format: date-time */
                            uploadedAt: string;
                            uploadedBy: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/settlement-files/{fileId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of a statement: how far it is read, and what is wrong with it
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    fileId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            account: string;
                            bytes: number;
                            encoding: string | null;
                            errors: {
                                en: string;
                                field: string;
                                line: number;
                                zh: string;
                            }[];
                            /** Format: uuid */
                            fileId: string;
                            /** @enum {string} */
                            format: "csv" | "xlsx";
                            knownLines: number;
                            newLines: number;
                            rowsRead: number;
                            settledAt: string | null;
                            sha256: string;
                            /** @enum {string} */
                            state: "waiting" | "reading" | "accepted" | "refused";
                            /** Format: date-time */
                            uploadedAt: string;
                            uploadedBy: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shipments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Parcels with their tracking, the newest first
         * @description Systems: mall, warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    orderId?: string;
                    state?: "shipped" | "in_transit" | "delivered" | "returned" | "lost";
                    waybillNumber?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @description other orders whose goods are in the same parcel */
                                combinedWith: string[];
                                courier: string;
                                /** Format: date-time */
                                createdAt: string;
                                nextPollAt: string | null;
                                /** Format: uuid */
                                orderId: string;
                                parcelId: string;
                                /** @enum {string} */
                                state: "shipped" | "in_transit" | "refused" | "delivered" | "returned" | "lost";
                                tracking: {
                                    description: string;
                                    /** Format: date-time */
                                    occurredAt: string;
                                    state: string;
                                }[];
                                waybillNumber: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shops": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shops with the freshness of their feeds: lag, last push, last pull, errors
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    active?: string;
                    cursor?: string;
                    limit?: number;
                    platform?: string;
                    search?: string;
                    sort?: "id" | "newest";
                    storeId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                active: boolean;
                                appKey: string;
                                changedBy: string;
                                /** Format: date-time */
                                createdAt: string;
                                credentialsVersion: number;
                                gatewayUrl: string;
                                hintsWaiting: number;
                                id: string;
                                oldestHintAt: string | null;
                                platform: string;
                                platformShopId: string;
                                pull: {
                                    consecutiveFailures: number;
                                    lagSeconds: number | null;
                                    lagTargetSeconds: number;
                                    lastError: string | null;
                                    lastMessageAt: string | null;
                                    lastSuccessAt: string | null;
                                    /** @enum {string} */
                                    state: "unknown" | "connected" | "disconnected" | "ok" | "failing";
                                    watermark: string | null;
                                };
                                push: {
                                    consecutiveFailures: number;
                                    lagSeconds: number | null;
                                    lagTargetSeconds: number;
                                    lastError: string | null;
                                    lastMessageAt: string | null;
                                    lastSuccessAt: string | null;
                                    /** @enum {string} */
                                    state: "unknown" | "connected" | "disconnected" | "ok" | "failing";
                                } | null;
                                pushUrl: string | null;
                                storeId: string;
                                /** Format: date-time */
                                updatedAt: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Make a shop; its credentials are sealed and never shown again
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        appKey: string;
                        credentials: {
                            [key: string]: string;
                        };
                        gatewayUrl?: string;
                        id: string;
                        platform: string;
                        platformShopId: string;
                        /** Format: date-time */
                        pullFrom?: string;
                        pushUrl?: string;
                        storeId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            active: boolean;
                            appKey: string;
                            changedBy: string;
                            /** Format: date-time */
                            createdAt: string;
                            credentialsVersion: number;
                            gatewayUrl: string;
                            hintsWaiting: number;
                            id: string;
                            oldestHintAt: string | null;
                            platform: string;
                            platformShopId: string;
                            pull: {
                                consecutiveFailures: number;
                                lagSeconds: number | null;
                                lagTargetSeconds: number;
                                lastError: string | null;
                                lastMessageAt: string | null;
                                lastSuccessAt: string | null;
                                /** @enum {string} */
                                state: "unknown" | "connected" | "disconnected" | "ok" | "failing";
                                watermark: string | null;
                            };
                            push: {
                                consecutiveFailures: number;
                                lagSeconds: number | null;
                                lagTargetSeconds: number;
                                lastError: string | null;
                                lastMessageAt: string | null;
                                lastSuccessAt: string | null;
                                /** @enum {string} */
                                state: "unknown" | "connected" | "disconnected" | "ok" | "failing";
                            } | null;
                            pushUrl: string | null;
                            storeId: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shops/{shopId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One shop
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    shopId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            active: boolean;
                            appKey: string;
                            changedBy: string;
                            /** Format: date-time */
                            createdAt: string;
                            credentialsVersion: number;
                            gatewayUrl: string;
                            hintsWaiting: number;
                            id: string;
                            oldestHintAt: string | null;
                            platform: string;
                            platformShopId: string;
                            pull: {
                                consecutiveFailures: number;
                                lagSeconds: number | null;
                                lagTargetSeconds: number;
                                lastError: string | null;
                                lastMessageAt: string | null;
                                lastSuccessAt: string | null;
                                /** @enum {string} */
                                state: "unknown" | "connected" | "disconnected" | "ok" | "failing";
                                watermark: string | null;
                            };
                            push: {
                                consecutiveFailures: number;
                                lagSeconds: number | null;
                                lagTargetSeconds: number;
                                lastError: string | null;
                                lastMessageAt: string | null;
                                lastSuccessAt: string | null;
                                /** @enum {string} */
                                state: "unknown" | "connected" | "disconnected" | "ok" | "failing";
                            } | null;
                            pushUrl: string | null;
                            storeId: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a shop, or take it out of service with `active`; fields that are left out stay
         * @description Systems: ops. Roles: ops, admin.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    shopId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        active?: boolean;
                        appKey?: string;
                        credentials?: {
                            [key: string]: string;
                        };
                        gatewayUrl?: string;
                        platformShopId?: string;
                        pushUrl?: string | null;
                        storeId?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            active: boolean;
                            appKey: string;
                            changedBy: string;
                            /** Format: date-time */
                            createdAt: string;
                            credentialsVersion: number;
                            gatewayUrl: string;
                            hintsWaiting: number;
                            id: string;
                            oldestHintAt: string | null;
                            platform: string;
                            platformShopId: string;
                            pull: {
                                consecutiveFailures: number;
                                lagSeconds: number | null;
                                lagTargetSeconds: number;
                                lastError: string | null;
                                lastMessageAt: string | null;
                                lastSuccessAt: string | null;
                                /** @enum {string} */
                                state: "unknown" | "connected" | "disconnected" | "ok" | "failing";
                                watermark: string | null;
                            };
                            push: {
                                consecutiveFailures: number;
                                lagSeconds: number | null;
                                lagTargetSeconds: number;
                                lastError: string | null;
                                lastMessageAt: string | null;
                                lastSuccessAt: string | null;
                                /** @enum {string} */
                                state: "unknown" | "connected" | "disconnected" | "ok" | "failing";
                            } | null;
                            pushUrl: string | null;
                            storeId: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/shops/{shopId}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a shop: asks its platform for what changed within the last minute; writes nothing
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    shopId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            detail: string;
                            milliseconds: number;
                            ok: boolean;
                            /** @enum {string} */
                            outcome: "ok" | "unreachable" | "refused" | "token-expired" | "rate-limited" | "unreadable";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shops/{shopId}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a shop was told: waybills of its orders, or quantities of its store
         * @description Systems: ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    kind?: "shipment" | "listing";
                    limit?: number;
                    sort?: "newest" | "oldest";
                    state?: "pending" | "delivered" | "failed" | "withdrawn";
                };
                header?: never;
                path: {
                    shopId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                attempts: number;
                                canReplay: boolean;
                                /** Format: date-time */
                                createdAt: string;
                                /** Format: uuid */
                                deliveryId: string;
                                /** @enum {string} */
                                kind: "shipment" | "listing";
                                lastError: string | null;
                                lastStatus: number | null;
                                /** @description null: it is not tried any more */
                                nextAttemptAt: string | null;
                                orderId: string | null;
                                platformOrderId: string | null;
                                quantity: number | null;
                                settledAt: string | null;
                                skuId: string | null;
                                /** @enum {string} */
                                state: "pending" | "delivered" | "failed" | "withdrawn";
                                waybillNumber: string | null;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shops/{shopId}/deliveries/{deliveryId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell a shop once more what it did not take
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    deliveryId: string;
                    shopId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shops/{shopId}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a shop sent, and what became of it
         * @description Systems: ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    platformOrderId?: string;
                    sort?: "newest" | "oldest";
                    state?: "hint" | "fetched" | "set_aside" | "dismissed" | "pending" | "waiting" | "delivered" | "late" | "unread" | "read";
                };
                header?: never;
                path: {
                    shopId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                attempts: number;
                                /** @description whether its order can be fetched because of it */
                                canReplay: boolean;
                                lastError: string | null;
                                /** @description the hub’s own number of it */
                                messageId: string;
                                /** @description null: it is not tried any more */
                                nextAttemptAt: string | null;
                                /** Format: date-time */
                                occurredAt: string;
                                platformMessageId: string;
                                /** @description null: it names no order, or the hub’s own */
                                platformOrderId: string | null;
                                /** Format: date-time */
                                receivedAt: string;
                                settledAt: string | null;
                                /** @enum {string} */
                                state: "hint" | "fetched" | "set_aside" | "dismissed" | "pending" | "waiting" | "delivered" | "late" | "unread" | "read";
                                /** @description the platform’s own name of what happened */
                                type: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shops/{shopId}/messages/{messageId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fetch the order that a message is about once more
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    messageId: string;
                    shopId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sku-mappings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Mappings from a shop’s SKUs to ours; the newest version of each, or all
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    history?: string;
                    limit?: number;
                    platformSkuId?: string;
                    retired?: string;
                    shopId?: string;
                    skuId?: string;
                    sort?: "id" | "newest";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                author: string;
                                /** Format: date-time */
                                createdAt: string;
                                parts: {
                                    quantity: number;
                                    skuId: string;
                                }[];
                                platformItemId: string | null;
                                platformSkuId: string;
                                shopId: string;
                                version: number;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Make or change a mapping: its next version. No parts: the SKU is sold no longer
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        parts: {
                            quantity: number;
                            skuId: string;
                        }[];
                        /** @default null */
                        platformItemId?: string | null;
                        platformSkuId: string;
                        shopId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            author: string;
                            /** Format: date-time */
                            createdAt: string;
                            parts: {
                                quantity: number;
                                skuId: string;
                            }[];
                            platformItemId: string | null;
                            platformSkuId: string;
                            shopId: string;
                            version: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sku-mappings/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make and change every mapping of a CSV file, all or none: shopId,platformSkuId,skuId,quantity,platformItemId; a bundle has a line for each part, a line without SKU retires
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: {
                    dryRun?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "text/csv": string;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            changed: number;
                            created: number;
                            dryRun: boolean;
                            errors: {
                                field: string;
                                line: number;
                                message: string;
                            }[];
                            rows: number;
                            unchanged: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/skus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every SKU
         * @description Systems: mall, payments, warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    active?: string;
                    cursor?: string;
                    limit?: number;
                    search?: string;
                    sort?: "id" | "newest";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                active: boolean;
                                category: string;
                                /** Format: date-time */
                                createdAt: string;
                                id: string;
                                name: string;
                                standardPriceCents: number;
                                /** Format: date-time */
                                updatedAt: string;
                                weightGrams: number;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Create a SKU
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        category: string;
                        id: string;
                        name: string;
                        standardPriceCents: number;
                        weightGrams: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            active: boolean;
                            category: string;
                            /** Format: date-time */
                            createdAt: string;
                            id: string;
                            name: string;
                            standardPriceCents: number;
                            /** Format: date-time */
                            updatedAt: string;
                            weightGrams: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/skus/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One SKU
         * @description Systems: mall, payments, warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            active: boolean;
                            category: string;
                            /** Format: date-time */
                            createdAt: string;
                            id: string;
                            name: string;
                            standardPriceCents: number;
                            /** Format: date-time */
                            updatedAt: string;
                            weightGrams: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a SKU; fields that are left out stay
         * @description Systems: ops. Roles: ops, admin.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        active?: boolean;
                        category?: string;
                        name?: string;
                        standardPriceCents?: number;
                        weightGrams?: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            active: boolean;
                            category: string;
                            /** Format: date-time */
                            createdAt: string;
                            id: string;
                            name: string;
                            standardPriceCents: number;
                            /** Format: date-time */
                            updatedAt: string;
                            weightGrams: number;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/skus/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create and change every SKU of a CSV file, all or none: id,name,category,standardPriceCents,weightGrams
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: {
                    dryRun?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "text/csv": string;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            changed: number;
                            created: number;
                            dryRun: boolean;
                            errors: {
                                field: string;
                                line: number;
                                message: string;
                            }[];
                            rows: number;
                            unchanged: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stock per SKU and warehouse
         * @description Systems: mall, warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    atOrBelowSafety?: string;
                    cursor?: string;
                    limit?: number;
                    skuId?: string;
                    sort?: "sku" | "available";
                    warehouseId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                available: number;
                                reserved: number;
                                safetyStock: number;
                                shipped: number;
                                shortfall: number;
                                skuId: string;
                                total: number;
                                /** Format: date-time */
                                updatedAt: string;
                                warehouseId: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/{skuId}/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who holds units of a SKU now; orders outside your scope are not named
         * @description Systems: warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    sort?: "newest" | "oldest";
                    state?: "held" | "confirmed";
                    warehouseId?: string;
                };
                header?: never;
                path: {
                    skuId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: date-time */
                                createdAt: string;
                                expiresAt: string | null;
                                /** @enum {string} */
                                heldFor: "order_line" | "promotion" | "transfer";
                                /** Format: uuid */
                                holdId: string;
                                orderId: string | null;
                                quantity: number;
                                /** @enum {string} */
                                state: "held" | "confirmed";
                                warehouseId: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/{skuId}/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What moved the levels of a SKU; orders outside your scope are not named
         * @description Systems: warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    physical?: string;
                    sort?: "newest" | "oldest";
                    warehouseId?: string;
                };
                header?: never;
                path: {
                    skuId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                entryId: number;
                                /** @enum {string} */
                                kind: "receive" | "adjust" | "count" | "reserve" | "release" | "expire" | "ship" | "return" | "write_off" | "transfer_out" | "transfer_in" | "promotion_hold" | "snapshot";
                                operator: string;
                                orderId: string | null;
                                reason: string | null;
                                /** Format: date-time */
                                recordedAt: string;
                                reservedDelta: number;
                                shippedDelta: number;
                                shortfallDelta: number;
                                totalDelta: number;
                                warehouseId: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/adjustments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Units that came in or are gone
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        quantityDelta: number;
                        reason: string;
                        safetyStock?: number;
                        skuId: string;
                        warehouseId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            available: number;
                            reserved: number;
                            safetyStock: number;
                            shipped: number;
                            shortfall: number;
                            skuId: string;
                            total: number;
                            /** Format: date-time */
                            updatedAt: string;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/adjustments/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Units that came in or are gone, from CSV: skuId,warehouseId,quantity[,safetyStock]
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: {
                    dryRun?: string;
                };
                header?: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "text/csv": string;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            changed: number;
                            created: number;
                            dryRun: boolean;
                            errors: {
                                field: string;
                                line: number;
                                message: string;
                            }[];
                            rows: number;
                            unchanged: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/board": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The stock board: figures and level (ok, low, out) per SKU and warehouse, region, or everywhere
         * @description Systems: mall, warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    category?: string;
                    cursor?: string;
                    groupBy?: "warehouse" | "region" | "sku";
                    level?: "ok" | "low" | "out";
                    limit?: number;
                    region?: string;
                    skuId?: string;
                    sort?: "sku" | "available" | "level" | "reserved";
                    stale?: string;
                    text?: string;
                    warehouseId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                available: number;
                                category: string;
                                freshness: {
                                    lastSuccessAt: string | null;
                                    /** @enum {string} */
                                    state: "fresh" | "late" | "failing" | "never";
                                } | null;
                                inTransit: number;
                                /** @enum {string} */
                                level: "ok" | "low" | "out";
                                region: string | null;
                                reserved: number;
                                safety: number;
                                shipped: number;
                                shortfall: number;
                                skuId: string;
                                skuName: string;
                                total: number;
                                warehouseId: string | null;
                                warehouses: {
                                    low: number;
                                    ok: number;
                                    out: number;
                                };
                            }[];
                            nextCursor: string | null;
                            totals: {
                                available: number;
                                levels: {
                                    low: number;
                                    ok: number;
                                    out: number;
                                };
                                regions: {
                                    available: number;
                                    levels: {
                                        low: number;
                                        ok: number;
                                        out: number;
                                    };
                                    region: string;
                                    reserved: number;
                                    safety: number;
                                    shipped: number;
                                    shortfall: number;
                                    total: number;
                                }[];
                                reserved: number;
                                safety: number;
                                shipped: number;
                                shortfall: number;
                                staleWarehouses: string[];
                                total: number;
                                warehouses: {
                                    available: number;
                                    levels: {
                                        low: number;
                                        ok: number;
                                        out: number;
                                    };
                                    reserved: number;
                                    safety: number;
                                    shipped: number;
                                    shortfall: number;
                                    total: number;
                                    warehouseId: string;
                                }[];
                            } | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Counts of warehouses
         * @description Systems: warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    sort?: "newest" | "oldest";
                    state?: "draft" | "submitted" | "approved" | "rejected" | "recount";
                    warehouseId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                blind: boolean;
                                /** Format: date-time */
                                countedAt: string;
                                /** Format: uuid */
                                countId: string;
                                /** Format: date-time */
                                createdAt: string;
                                createdBy: string;
                                decidedAt: string | null;
                                decidedBy: string | null;
                                decisionReason: string | null;
                                note: string | null;
                                recountOf: string | null;
                                result: {
                                    bookUnits: number;
                                    differenceCents: number;
                                    differencePercent: number | null;
                                    exactLines: number;
                                    lines: number;
                                    missingUnits: number;
                                    surplusUnits: number;
                                } | null;
                                /** @enum {string} */
                                state: "draft" | "submitted" | "approved" | "rejected" | "recount";
                                submittedAt: string | null;
                                submittedBy: string | null;
                                warehouseId: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Begin a count
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @default true */
                        blind?: boolean;
                        /** Format: date-time */
                        countedAt?: string;
                        /** @default [] */
                        lines?: {
                            quantityCounted: number | null;
                            skuId: string;
                        }[];
                        note?: string;
                        warehouseId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            blind: boolean;
                            /** Format: date-time */
                            countedAt: string;
                            /** Format: uuid */
                            countId: string;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            decidedAt: string | null;
                            decidedBy: string | null;
                            decisionReason: string | null;
                            note: string | null;
                            recountOf: string | null;
                            result: {
                                bookUnits: number;
                                differenceCents: number;
                                differencePercent: number | null;
                                exactLines: number;
                                lines: number;
                                missingUnits: number;
                                surplusUnits: number;
                            } | null;
                            /** @enum {string} */
                            state: "draft" | "submitted" | "approved" | "rejected" | "recount";
                            submittedAt: string | null;
                            submittedBy: string | null;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/counts/{countId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A count and what came of it
         * @description Systems: warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    countId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            blind: boolean;
                            /** Format: date-time */
                            countedAt: string;
                            /** Format: uuid */
                            countId: string;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            decidedAt: string | null;
                            decidedBy: string | null;
                            decisionReason: string | null;
                            note: string | null;
                            recountOf: string | null;
                            result: {
                                bookUnits: number;
                                differenceCents: number;
                                differencePercent: number | null;
                                exactLines: number;
                                lines: number;
                                missingUnits: number;
                                surplusUnits: number;
                            } | null;
                            /** @enum {string} */
                            state: "draft" | "submitted" | "approved" | "rejected" | "recount";
                            submittedAt: string | null;
                            submittedBy: string | null;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/counts/{countId}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a count and put the books right, reject it, or have it counted again
         * @description Roles: regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    countId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        decision: "approve" | "reject" | "recount";
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            blind: boolean;
                            /** Format: date-time */
                            countedAt: string;
                            /** Format: uuid */
                            countId: string;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            decidedAt: string | null;
                            decidedBy: string | null;
                            decisionReason: string | null;
                            note: string | null;
                            recountId: string | null;
                            recountOf: string | null;
                            result: {
                                bookUnits: number;
                                differenceCents: number;
                                differencePercent: number | null;
                                exactLines: number;
                                lines: number;
                                missingUnits: number;
                                surplusUnits: number;
                            } | null;
                            /** @enum {string} */
                            state: "draft" | "submitted" | "approved" | "rejected" | "recount";
                            submittedAt: string | null;
                            submittedBy: string | null;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/counts/{countId}/lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lines of a count with their differences
         * @description Systems: warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    different?: string;
                    limit?: number;
                };
                header?: never;
                path: {
                    countId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                adjusted: number | null;
                                countedAt: string | null;
                                countedBy: string | null;
                                difference: number | null;
                                differenceCents: number | null;
                                differencePercent: number | null;
                                quantityBook: number | null;
                                quantityCounted: number | null;
                                skuId: string;
                                skuName: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        /**
         * Enter or correct lines of a draft
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    countId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: date-time */
                        countedAt?: string;
                        lines: {
                            quantityCounted: number | null;
                            skuId: string;
                        }[];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            blind: boolean;
                            /** Format: date-time */
                            countedAt: string;
                            /** Format: uuid */
                            countId: string;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            decidedAt: string | null;
                            decidedBy: string | null;
                            decisionReason: string | null;
                            note: string | null;
                            recountOf: string | null;
                            result: {
                                bookUnits: number;
                                differenceCents: number;
                                differencePercent: number | null;
                                exactLines: number;
                                lines: number;
                                missingUnits: number;
                                surplusUnits: number;
                            } | null;
                            /** @enum {string} */
                            state: "draft" | "submitted" | "approved" | "rejected" | "recount";
                            submittedAt: string | null;
                            submittedBy: string | null;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/counts/{countId}/lines/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enter lines of a draft from CSV: skuId,quantityCounted; all or none
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: {
                    countedAt?: string;
                };
                header?: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    countId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "text/csv": string;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            blind: boolean;
                            /** Format: date-time */
                            countedAt: string;
                            /** Format: uuid */
                            countId: string;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            decidedAt: string | null;
                            decidedBy: string | null;
                            decisionReason: string | null;
                            note: string | null;
                            recountOf: string | null;
                            result: {
                                bookUnits: number;
                                differenceCents: number;
                                differencePercent: number | null;
                                exactLines: number;
                                lines: number;
                                missingUnits: number;
                                surplusUnits: number;
                            } | null;
                            /** @enum {string} */
                            state: "draft" | "submitted" | "approved" | "rejected" | "recount";
                            submittedAt: string | null;
                            submittedBy: string | null;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/counts/{countId}/submission": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End the counting and compare with the books
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    countId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            blind: boolean;
                            /** Format: date-time */
                            countedAt: string;
                            /** Format: uuid */
                            countId: string;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            decidedAt: string | null;
                            decidedBy: string | null;
                            decisionReason: string | null;
                            note: string | null;
                            recountOf: string | null;
                            result: {
                                bookUnits: number;
                                differenceCents: number;
                                differencePercent: number | null;
                                exactLines: number;
                                lines: number;
                                missingUnits: number;
                                surplusUnits: number;
                            } | null;
                            /** @enum {string} */
                            state: "draft" | "submitted" | "approved" | "rejected" | "recount";
                            submittedAt: string | null;
                            submittedBy: string | null;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Server-sent stock levels; Last-Event-ID resumes without a gap
         * @description Systems: mall, warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    region?: string;
                    skuId?: string;
                    warehouseId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every store
         * @description Systems: mall, payments, warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    active?: string;
                    cursor?: string;
                    limit?: number;
                    search?: string;
                    sort?: "id" | "newest";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                active: boolean;
                                channel: string;
                                /** Format: date-time */
                                createdAt: string;
                                id: string;
                                name: string;
                                region: string;
                                /** Format: date-time */
                                updatedAt: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Create a store
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        channel: string;
                        id: string;
                        name: string;
                        region: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            active: boolean;
                            channel: string;
                            /** Format: date-time */
                            createdAt: string;
                            id: string;
                            name: string;
                            region: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stores/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One store
         * @description Systems: mall, payments, warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            active: boolean;
                            channel: string;
                            /** Format: date-time */
                            createdAt: string;
                            id: string;
                            name: string;
                            region: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a store; fields that are left out stay
         * @description Systems: ops. Roles: ops, admin.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        active?: boolean;
                        channel?: string;
                        name?: string;
                        region?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            active: boolean;
                            channel: string;
                            /** Format: date-time */
                            createdAt: string;
                            id: string;
                            name: string;
                            region: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/stores/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create and change every store of a CSV file, all or none: id,name,channel,region
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: {
                    dryRun?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "text/csv": string;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            changed: number;
                            created: number;
                            dryRun: boolean;
                            errors: {
                                field: string;
                                line: number;
                                message: string;
                            }[];
                            rows: number;
                            unchanged: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Subscriptions and how they are doing
         * @description Systems: ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    eventType?: string;
                    failing?: string;
                    limit?: number;
                    sort?: "newest" | "oldest" | "name";
                    state?: "active" | "paused" | "disabled" | "deleted";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @description events that were not looked at yet, wanted or not */
                                behind: number;
                                consecutiveFailures: number;
                                /** Format: date-time */
                                createdAt: string;
                                createdBy: string;
                                eventTypes: string[];
                                failingSince: string | null;
                                lastSuccessAt: string | null;
                                name: string;
                                /** @description deliveries under way */
                                pending: number;
                                /** @enum {string} */
                                state: "active" | "paused" | "disabled" | "deleted";
                                stateReason: string | null;
                                storeIds: string[];
                                /** Format: uuid */
                                subscriptionId: string;
                                /** @description nothing is sent before */
                                throttledUntil: string | null;
                                /** Format: date-time */
                                updatedAt: string;
                                url: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Send events to another system, signed as Standard Webhooks; its secret is read separately
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "name": "ERP",
                     *       "url": "https://erp.example.com/hooks/order-hub",
                     *       "eventTypes": [
                     *         "order.*",
                     *         "change.*"
                     *       ]
                     *     }
                     */
                    "application/json": {
                        eventTypes: string[];
                        name: string;
                        /** Format: date-time */
                        startAt?: string;
                        /** @default [] */
                        storeIds?: string[];
                        url: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description events that were not looked at yet, wanted or not */
                            behind: number;
                            consecutiveFailures: number;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            eventTypes: string[];
                            failingSince: string | null;
                            lastSuccessAt: string | null;
                            name: string;
                            /** @description deliveries under way */
                            pending: number;
                            /** @enum {string} */
                            state: "active" | "paused" | "disabled" | "deleted";
                            stateReason: string | null;
                            storeIds: string[];
                            /** Format: uuid */
                            subscriptionId: string;
                            /** @description nothing is sent before */
                            throttledUntil: string | null;
                            /** Format: date-time */
                            updatedAt: string;
                            url: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One subscription
         * @description Systems: ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    subscriptionId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description events that were not looked at yet, wanted or not */
                            behind: number;
                            consecutiveFailures: number;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            eventTypes: string[];
                            failingSince: string | null;
                            lastSuccessAt: string | null;
                            name: string;
                            /** @description deliveries under way */
                            pending: number;
                            /** @enum {string} */
                            state: "active" | "paused" | "disabled" | "deleted";
                            stateReason: string | null;
                            storeIds: string[];
                            /** Format: uuid */
                            subscriptionId: string;
                            /** @description nothing is sent before */
                            throttledUntil: string | null;
                            /** Format: date-time */
                            updatedAt: string;
                            url: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * End it: nothing more is sent, its secrets are erased
         * @description Systems: ops. Roles: ops, admin.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    subscriptionId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description events that were not looked at yet, wanted or not */
                            behind: number;
                            consecutiveFailures: number;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            eventTypes: string[];
                            failingSince: string | null;
                            lastSuccessAt: string | null;
                            name: string;
                            /** @description deliveries under way */
                            pending: number;
                            /** @enum {string} */
                            state: "active" | "paused" | "disabled" | "deleted";
                            stateReason: string | null;
                            storeIds: string[];
                            /** Format: uuid */
                            subscriptionId: string;
                            /** @description nothing is sent before */
                            throttledUntil: string | null;
                            /** Format: date-time */
                            updatedAt: string;
                            url: string;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Change its name, address, events or stores
         * @description Systems: ops. Roles: ops, admin.
         */
        patch: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    subscriptionId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        eventTypes?: string[];
                        name?: string;
                        storeIds?: string[];
                        url?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description events that were not looked at yet, wanted or not */
                            behind: number;
                            consecutiveFailures: number;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            eventTypes: string[];
                            failingSince: string | null;
                            lastSuccessAt: string | null;
                            name: string;
                            /** @description deliveries under way */
                            pending: number;
                            /** @enum {string} */
                            state: "active" | "paused" | "disabled" | "deleted";
                            stateReason: string | null;
                            storeIds: string[];
                            /** Format: uuid */
                            subscriptionId: string;
                            /** @description nothing is sent before */
                            throttledUntil: string | null;
                            /** Format: date-time */
                            updatedAt: string;
                            url: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Its delivery log
         * @description Systems: ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    createdFrom?: string;
                    createdTo?: string;
                    cursor?: string;
                    key?: string;
                    limit?: number;
                    sort?: "newest" | "oldest";
                    state?: "pending" | "delivered" | "exhausted" | "superseded" | "cancelled";
                    type?: string;
                };
                header?: never;
                path: {
                    subscriptionId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                attempts: number;
                                /** Format: date-time */
                                createdAt: string;
                                /** Format: uuid */
                                deliveryId: string;
                                /** @description the webhook-id: the same at every try and replay */
                                eventId: string;
                                /** Format: date-time */
                                happenedAt: string;
                                /** @description events of one key come in order */
                                key: string;
                                lastAttemptAt: string | null;
                                lastError: string | null;
                                lastMilliseconds: number | null;
                                lastStatus: number | null;
                                nextAttemptAt: string | null;
                                replays: number;
                                settledAt: string | null;
                                /** @enum {string} */
                                state: "pending" | "delivered" | "exhausted" | "superseded" | "cancelled";
                                type: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/deliveries/{deliveryId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One delivery: what is sent, and each try that failed
         * @description Systems: ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    deliveryId: string;
                    subscriptionId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            attempts: number;
                            body: {
                                data: {
                                    [key: string]: unknown;
                                };
                                /**
                                 * Format: date-time
                                 * @description when it happened, not when it was sent
                                 */
                                timestamp: string;
                                type: string;
                            };
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: uuid */
                            deliveryId: string;
                            /** @description the webhook-id: the same at every try and replay */
                            eventId: string;
                            failures: {
                                /** Format: date-time */
                                at: string;
                                error: string;
                                milliseconds: number;
                                status: number | null;
                            }[];
                            /** Format: date-time */
                            happenedAt: string;
                            /** @description events of one key come in order */
                            key: string;
                            lastAttemptAt: string | null;
                            lastError: string | null;
                            lastMilliseconds: number | null;
                            lastStatus: number | null;
                            nextAttemptAt: string | null;
                            replays: number;
                            settledAt: string | null;
                            /** @enum {string} */
                            state: "pending" | "delivered" | "exhausted" | "superseded" | "cancelled";
                            type: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/deliveries/{deliveryId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send one event again, under the same webhook-id
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    deliveryId: string;
                    subscriptionId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            deliveryId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send nothing until it is resumed; events wait
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    subscriptionId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description events that were not looked at yet, wanted or not */
                            behind: number;
                            consecutiveFailures: number;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            eventTypes: string[];
                            failingSince: string | null;
                            lastSuccessAt: string | null;
                            name: string;
                            /** @description deliveries under way */
                            pending: number;
                            /** @enum {string} */
                            state: "active" | "paused" | "disabled" | "deleted";
                            stateReason: string | null;
                            storeIds: string[];
                            /** Format: uuid */
                            subscriptionId: string;
                            /** @description nothing is sent before */
                            throttledUntil: string | null;
                            /** Format: date-time */
                            updatedAt: string;
                            url: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/replays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Periods that were sent again, the newest first
         * @description Systems: ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path: {
                    subscriptionId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: date-time */
                                createdAt: string;
                                eventTypes: string[];
                                finishedAt: string | null;
                                /** Format: date-time */
                                from: string;
                                queued: number;
                                /** Format: uuid */
                                replayId: string;
                                requestedBy: string;
                                /** @enum {string} */
                                state: "running" | "done" | "cancelled";
                                /** Format: date-time */
                                to: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Send every event of a period again
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    subscriptionId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        eventTypes?: string[];
                        /** Format: date-time */
                        from: string;
                        /** Format: date-time */
                        to: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            createdAt: string;
                            eventTypes: string[];
                            finishedAt: string | null;
                            /** Format: date-time */
                            from: string;
                            queued: number;
                            /** Format: uuid */
                            replayId: string;
                            requestedBy: string;
                            /** @enum {string} */
                            state: "running" | "done" | "cancelled";
                            /** Format: date-time */
                            to: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Go on where it stopped, after a pause or after it was disabled
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    subscriptionId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description events that were not looked at yet, wanted or not */
                            behind: number;
                            consecutiveFailures: number;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            eventTypes: string[];
                            failingSince: string | null;
                            lastSuccessAt: string | null;
                            name: string;
                            /** @description deliveries under way */
                            pending: number;
                            /** @enum {string} */
                            state: "active" | "paused" | "disabled" | "deleted";
                            stateReason: string | null;
                            storeIds: string[];
                            /** Format: uuid */
                            subscriptionId: string;
                            /** @description nothing is sent before */
                            throttledUntil: string | null;
                            /** Format: date-time */
                            updatedAt: string;
                            url: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The secrets that sign now, the newest first
         * @description Systems: ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    subscriptionId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            secrets: {
                                /** Format: date-time */
                                createdAt: string;
                                createdBy: string;
                                /** @description null: until it is replaced */
                                expiresAt: string | null;
                                secret: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Make a new secret; the old one signs beside it for the overlap
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    subscriptionId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @default 24 */
                        overlapHours?: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description events that were not looked at yet, wanted or not */
                            behind: number;
                            consecutiveFailures: number;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            eventTypes: string[];
                            failingSince: string | null;
                            lastSuccessAt: string | null;
                            name: string;
                            /** @description deliveries under way */
                            pending: number;
                            /** @enum {string} */
                            state: "active" | "paused" | "disabled" | "deleted";
                            stateReason: string | null;
                            storeIds: string[];
                            /** Format: uuid */
                            subscriptionId: string;
                            /** @description nothing is sent before */
                            throttledUntil: string | null;
                            /** Format: date-time */
                            updatedAt: string;
                            url: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send it a test event; the delivery log says what became of it
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    subscriptionId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            deliveryId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/event-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every type of event, with the JSON Schema of its data
         * @description Systems: ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @description JSON Schema of `data` */
                                schema: {
                                    [key: string]: unknown;
                                };
                                title: {
                                    en: string;
                                    zh: string;
                                };
                                type: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Transfers
         * @description Systems: warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    needsAttention?: string;
                    open?: string;
                    requestedBy?: string;
                    skuId?: string;
                    sort?: "newest" | "oldest";
                    status?: "requested" | "approved" | "reserved" | "dispatched" | "partially_received" | "returning" | "received" | "closed_short" | "closed_with_loss" | "rejected" | "cancelled" | "unsourced";
                    warehouseId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                approverRoles: ("store_manager" | "regional_director" | "finance" | "ops" | "admin")[];
                                closedAt: string | null;
                                /** Format: date-time */
                                createdAt: string;
                                dueAt: string | null;
                                freightCents: number;
                                meaning: {
                                    en: string;
                                    zh: string;
                                };
                                needsAttention: boolean;
                                policyVersion: number;
                                proposalNumber: number;
                                quantity: number;
                                reason: string;
                                requestedBy: string;
                                skuId: string;
                                /** @enum {string} */
                                status: "requested" | "approved" | "reserved" | "dispatched" | "partially_received" | "returning" | "received" | "closed_short" | "closed_with_loss" | "rejected" | "cancelled" | "unsourced";
                                /** Format: uuid */
                                transferId: string;
                                /** Format: date-time */
                                updatedAt: string;
                                valueCents: number;
                                version: number;
                                warehouseId: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Ask for units at a warehouse; the answer has the proposal and who decides on it
         * @description Systems: ops. Roles: regional_director, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "skuId": "SKU-0001",
                     *       "warehouseId": "WH-SH",
                     *       "quantity": 40,
                     *       "reason": "直播备货"
                     *     }
                     */
                    "application/json": {
                        quantity: number;
                        reason: string;
                        skuId: string;
                        warehouseId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            approverRoles: ("store_manager" | "regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            dueAt: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number | null;
                            }[];
                            freightCents: number;
                            legs: {
                                dispatched: number;
                                inTransit: number;
                                legNumber: number;
                                lost: number;
                                path: string[];
                                received: number;
                                reserved: number;
                                returned: number;
                                sourceId: string;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            policyVersion: number;
                            proposal: {
                                breaksSafetyStock: boolean;
                                coverCents: number;
                                crossRegion: boolean;
                                freightCents: number;
                                legs: {
                                    availableLeft: number;
                                    breaksSafetyStock: boolean;
                                    coverDaysLeft: number | null;
                                    distanceKilometres: number;
                                    freightCents: number;
                                    path: string[];
                                    quantity: number;
                                    sourceId: string;
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                                rejected: {
                                    path: string[];
                                    reason: {
                                        /** @enum {string} */
                                        code: "inactive";
                                    } | {
                                        /** @enum {string} */
                                        code: "shortfall";
                                        units: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "sold-out";
                                    } | {
                                        available: number;
                                        /** @enum {string} */
                                        code: "safety-stock";
                                        safetyStock: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "cover";
                                        coverDays: number;
                                        minimumCoverDays: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-freight";
                                        distanceKilometres: number;
                                    } | {
                                        available: number;
                                        canGive: number;
                                        /** @enum {string} */
                                        code: "not-enough";
                                    } | {
                                        /** @enum {string} */
                                        code: "dearer";
                                        extraCents: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-better";
                                        distanceKilometres: number;
                                    };
                                    sourceIds: string[];
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                            };
                            proposalNumber: number;
                            quantity: number;
                            reason: string;
                            requestedBy: string;
                            skuId: string;
                            /** @enum {string} */
                            status: "requested" | "approved" | "reserved" | "dispatched" | "partially_received" | "returning" | "received" | "closed_short" | "closed_with_loss" | "rejected" | "cancelled" | "unsourced";
                            /** Format: uuid */
                            transferId: string;
                            /** Format: date-time */
                            updatedAt: string;
                            valueCents: number;
                            version: number;
                            warehouseId: string;
                            workflowId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers/{transferId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One transfer with proposal, legs and events
         * @description Systems: warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    transferId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            approverRoles: ("store_manager" | "regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            dueAt: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number | null;
                            }[];
                            freightCents: number;
                            legs: {
                                dispatched: number;
                                inTransit: number;
                                legNumber: number;
                                lost: number;
                                path: string[];
                                received: number;
                                reserved: number;
                                returned: number;
                                sourceId: string;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            policyVersion: number;
                            proposal: {
                                breaksSafetyStock: boolean;
                                coverCents: number;
                                crossRegion: boolean;
                                freightCents: number;
                                legs: {
                                    availableLeft: number;
                                    breaksSafetyStock: boolean;
                                    coverDaysLeft: number | null;
                                    distanceKilometres: number;
                                    freightCents: number;
                                    path: string[];
                                    quantity: number;
                                    sourceId: string;
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                                rejected: {
                                    path: string[];
                                    reason: {
                                        /** @enum {string} */
                                        code: "inactive";
                                    } | {
                                        /** @enum {string} */
                                        code: "shortfall";
                                        units: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "sold-out";
                                    } | {
                                        available: number;
                                        /** @enum {string} */
                                        code: "safety-stock";
                                        safetyStock: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "cover";
                                        coverDays: number;
                                        minimumCoverDays: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-freight";
                                        distanceKilometres: number;
                                    } | {
                                        available: number;
                                        canGive: number;
                                        /** @enum {string} */
                                        code: "not-enough";
                                    } | {
                                        /** @enum {string} */
                                        code: "dearer";
                                        extraCents: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-better";
                                        distanceKilometres: number;
                                    };
                                    sourceIds: string[];
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                            };
                            proposalNumber: number;
                            quantity: number;
                            reason: string;
                            requestedBy: string;
                            skuId: string;
                            /** @enum {string} */
                            status: "requested" | "approved" | "reserved" | "dispatched" | "partially_received" | "returning" | "received" | "closed_short" | "closed_with_loss" | "rejected" | "cancelled" | "unsourced";
                            /** Format: uuid */
                            transferId: string;
                            /** Format: date-time */
                            updatedAt: string;
                            valueCents: number;
                            version: number;
                            warehouseId: string;
                            workflowId: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers/{transferId}/cancellation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End it before dispatch, or call back what is on its way
         * @description Systems: ops. Roles: regional_director, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    transferId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            approverRoles: ("store_manager" | "regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            dueAt: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number | null;
                            }[];
                            freightCents: number;
                            legs: {
                                dispatched: number;
                                inTransit: number;
                                legNumber: number;
                                lost: number;
                                path: string[];
                                received: number;
                                reserved: number;
                                returned: number;
                                sourceId: string;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            policyVersion: number;
                            proposal: {
                                breaksSafetyStock: boolean;
                                coverCents: number;
                                crossRegion: boolean;
                                freightCents: number;
                                legs: {
                                    availableLeft: number;
                                    breaksSafetyStock: boolean;
                                    coverDaysLeft: number | null;
                                    distanceKilometres: number;
                                    freightCents: number;
                                    path: string[];
                                    quantity: number;
                                    sourceId: string;
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                                rejected: {
                                    path: string[];
                                    reason: {
                                        /** @enum {string} */
                                        code: "inactive";
                                    } | {
                                        /** @enum {string} */
                                        code: "shortfall";
                                        units: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "sold-out";
                                    } | {
                                        available: number;
                                        /** @enum {string} */
                                        code: "safety-stock";
                                        safetyStock: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "cover";
                                        coverDays: number;
                                        minimumCoverDays: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-freight";
                                        distanceKilometres: number;
                                    } | {
                                        available: number;
                                        canGive: number;
                                        /** @enum {string} */
                                        code: "not-enough";
                                    } | {
                                        /** @enum {string} */
                                        code: "dearer";
                                        extraCents: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-better";
                                        distanceKilometres: number;
                                    };
                                    sourceIds: string[];
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                            };
                            proposalNumber: number;
                            quantity: number;
                            reason: string;
                            requestedBy: string;
                            skuId: string;
                            /** @enum {string} */
                            status: "requested" | "approved" | "reserved" | "dispatched" | "partially_received" | "returning" | "received" | "closed_short" | "closed_with_loss" | "rejected" | "cancelled" | "unsourced";
                            /** Format: uuid */
                            transferId: string;
                            /** Format: date-time */
                            updatedAt: string;
                            valueCents: number;
                            version: number;
                            warehouseId: string;
                            workflowId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers/{transferId}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve or reject the present proposal
         * @description Roles: store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    transferId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        decision: "approve" | "reject";
                        /** @default  */
                        note?: string;
                        proposalNumber: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            approverRoles: ("store_manager" | "regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            dueAt: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number | null;
                            }[];
                            freightCents: number;
                            legs: {
                                dispatched: number;
                                inTransit: number;
                                legNumber: number;
                                lost: number;
                                path: string[];
                                received: number;
                                reserved: number;
                                returned: number;
                                sourceId: string;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            policyVersion: number;
                            proposal: {
                                breaksSafetyStock: boolean;
                                coverCents: number;
                                crossRegion: boolean;
                                freightCents: number;
                                legs: {
                                    availableLeft: number;
                                    breaksSafetyStock: boolean;
                                    coverDaysLeft: number | null;
                                    distanceKilometres: number;
                                    freightCents: number;
                                    path: string[];
                                    quantity: number;
                                    sourceId: string;
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                                rejected: {
                                    path: string[];
                                    reason: {
                                        /** @enum {string} */
                                        code: "inactive";
                                    } | {
                                        /** @enum {string} */
                                        code: "shortfall";
                                        units: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "sold-out";
                                    } | {
                                        available: number;
                                        /** @enum {string} */
                                        code: "safety-stock";
                                        safetyStock: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "cover";
                                        coverDays: number;
                                        minimumCoverDays: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-freight";
                                        distanceKilometres: number;
                                    } | {
                                        available: number;
                                        canGive: number;
                                        /** @enum {string} */
                                        code: "not-enough";
                                    } | {
                                        /** @enum {string} */
                                        code: "dearer";
                                        extraCents: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-better";
                                        distanceKilometres: number;
                                    };
                                    sourceIds: string[];
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                            };
                            proposalNumber: number;
                            quantity: number;
                            reason: string;
                            requestedBy: string;
                            skuId: string;
                            /** @enum {string} */
                            status: "requested" | "approved" | "reserved" | "dispatched" | "partially_received" | "returning" | "received" | "closed_short" | "closed_with_loss" | "rejected" | "cancelled" | "unsourced";
                            /** Format: uuid */
                            transferId: string;
                            /** Format: date-time */
                            updatedAt: string;
                            valueCents: number;
                            version: number;
                            warehouseId: string;
                            workflowId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers/{transferId}/dispatch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Units have left their source
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    transferId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @default 1 */
                        legNumber?: number;
                        quantity?: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            approverRoles: ("store_manager" | "regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            dueAt: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number | null;
                            }[];
                            freightCents: number;
                            legs: {
                                dispatched: number;
                                inTransit: number;
                                legNumber: number;
                                lost: number;
                                path: string[];
                                received: number;
                                reserved: number;
                                returned: number;
                                sourceId: string;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            policyVersion: number;
                            proposal: {
                                breaksSafetyStock: boolean;
                                coverCents: number;
                                crossRegion: boolean;
                                freightCents: number;
                                legs: {
                                    availableLeft: number;
                                    breaksSafetyStock: boolean;
                                    coverDaysLeft: number | null;
                                    distanceKilometres: number;
                                    freightCents: number;
                                    path: string[];
                                    quantity: number;
                                    sourceId: string;
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                                rejected: {
                                    path: string[];
                                    reason: {
                                        /** @enum {string} */
                                        code: "inactive";
                                    } | {
                                        /** @enum {string} */
                                        code: "shortfall";
                                        units: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "sold-out";
                                    } | {
                                        available: number;
                                        /** @enum {string} */
                                        code: "safety-stock";
                                        safetyStock: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "cover";
                                        coverDays: number;
                                        minimumCoverDays: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-freight";
                                        distanceKilometres: number;
                                    } | {
                                        available: number;
                                        canGive: number;
                                        /** @enum {string} */
                                        code: "not-enough";
                                    } | {
                                        /** @enum {string} */
                                        code: "dearer";
                                        extraCents: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-better";
                                        distanceKilometres: number;
                                    };
                                    sourceIds: string[];
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                            };
                            proposalNumber: number;
                            quantity: number;
                            reason: string;
                            requestedBy: string;
                            skuId: string;
                            /** @enum {string} */
                            status: "requested" | "approved" | "reserved" | "dispatched" | "partially_received" | "returning" | "received" | "closed_short" | "closed_with_loss" | "rejected" | "cancelled" | "unsourced";
                            /** Format: uuid */
                            transferId: string;
                            /** Format: date-time */
                            updatedAt: string;
                            valueCents: number;
                            version: number;
                            warehouseId: string;
                            workflowId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers/{transferId}/loss": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Units were lost on their way; they are written off
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    transferId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @default 1 */
                        legNumber?: number;
                        quantity: number;
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            approverRoles: ("store_manager" | "regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            dueAt: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number | null;
                            }[];
                            freightCents: number;
                            legs: {
                                dispatched: number;
                                inTransit: number;
                                legNumber: number;
                                lost: number;
                                path: string[];
                                received: number;
                                reserved: number;
                                returned: number;
                                sourceId: string;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            policyVersion: number;
                            proposal: {
                                breaksSafetyStock: boolean;
                                coverCents: number;
                                crossRegion: boolean;
                                freightCents: number;
                                legs: {
                                    availableLeft: number;
                                    breaksSafetyStock: boolean;
                                    coverDaysLeft: number | null;
                                    distanceKilometres: number;
                                    freightCents: number;
                                    path: string[];
                                    quantity: number;
                                    sourceId: string;
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                                rejected: {
                                    path: string[];
                                    reason: {
                                        /** @enum {string} */
                                        code: "inactive";
                                    } | {
                                        /** @enum {string} */
                                        code: "shortfall";
                                        units: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "sold-out";
                                    } | {
                                        available: number;
                                        /** @enum {string} */
                                        code: "safety-stock";
                                        safetyStock: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "cover";
                                        coverDays: number;
                                        minimumCoverDays: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-freight";
                                        distanceKilometres: number;
                                    } | {
                                        available: number;
                                        canGive: number;
                                        /** @enum {string} */
                                        code: "not-enough";
                                    } | {
                                        /** @enum {string} */
                                        code: "dearer";
                                        extraCents: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-better";
                                        distanceKilometres: number;
                                    };
                                    sourceIds: string[];
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                            };
                            proposalNumber: number;
                            quantity: number;
                            reason: string;
                            requestedBy: string;
                            skuId: string;
                            /** @enum {string} */
                            status: "requested" | "approved" | "reserved" | "dispatched" | "partially_received" | "returning" | "received" | "closed_short" | "closed_with_loss" | "rejected" | "cancelled" | "unsourced";
                            /** Format: uuid */
                            transferId: string;
                            /** Format: date-time */
                            updatedAt: string;
                            valueCents: number;
                            version: number;
                            warehouseId: string;
                            workflowId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers/{transferId}/receive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Units have arrived; may come in parts
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description Chosen by the caller, new for every operation: a repetition with it does nothing again. */
                    "Idempotency-Key": string;
                };
                path: {
                    transferId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @default destination
                         * @enum {string}
                         */
                        at?: "destination" | "source";
                        /** @default 1 */
                        legNumber?: number;
                        quantity: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            approverRoles: ("store_manager" | "regional_director" | "finance" | "ops" | "admin")[];
                            closedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            dueAt: string | null;
                            events: {
                                body: {
                                    [key: string]: unknown;
                                };
                                operator: string;
                                /** Format: date-time */
                                recordedAt: string;
                                type: string;
                                version: number | null;
                            }[];
                            freightCents: number;
                            legs: {
                                dispatched: number;
                                inTransit: number;
                                legNumber: number;
                                lost: number;
                                path: string[];
                                received: number;
                                reserved: number;
                                returned: number;
                                sourceId: string;
                            }[];
                            meaning: {
                                en: string;
                                zh: string;
                            };
                            needsAttention: boolean;
                            policyVersion: number;
                            proposal: {
                                breaksSafetyStock: boolean;
                                coverCents: number;
                                crossRegion: boolean;
                                freightCents: number;
                                legs: {
                                    availableLeft: number;
                                    breaksSafetyStock: boolean;
                                    coverDaysLeft: number | null;
                                    distanceKilometres: number;
                                    freightCents: number;
                                    path: string[];
                                    quantity: number;
                                    sourceId: string;
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                                rejected: {
                                    path: string[];
                                    reason: {
                                        /** @enum {string} */
                                        code: "inactive";
                                    } | {
                                        /** @enum {string} */
                                        code: "shortfall";
                                        units: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "sold-out";
                                    } | {
                                        available: number;
                                        /** @enum {string} */
                                        code: "safety-stock";
                                        safetyStock: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "cover";
                                        coverDays: number;
                                        minimumCoverDays: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-freight";
                                        distanceKilometres: number;
                                    } | {
                                        available: number;
                                        canGive: number;
                                        /** @enum {string} */
                                        code: "not-enough";
                                    } | {
                                        /** @enum {string} */
                                        code: "dearer";
                                        extraCents: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-better";
                                        distanceKilometres: number;
                                    };
                                    sourceIds: string[];
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                            };
                            proposalNumber: number;
                            quantity: number;
                            reason: string;
                            requestedBy: string;
                            skuId: string;
                            /** @enum {string} */
                            status: "requested" | "approved" | "reserved" | "dispatched" | "partially_received" | "returning" | "received" | "closed_short" | "closed_with_loss" | "rejected" | "cancelled" | "unsourced";
                            /** Format: uuid */
                            transferId: string;
                            /** Format: date-time */
                            updatedAt: string;
                            valueCents: number;
                            version: number;
                            warehouseId: string;
                            workflowId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers/proposals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What would be proposed now; nothing is held or written
         * @description Systems: ops. Roles: regional_director, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        quantity: number;
                        skuId: string;
                        warehouseId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            approverRoles: ("store_manager" | "regional_director" | "finance" | "ops" | "admin")[];
                            automatic: boolean;
                            canGive: number;
                            policyVersion: number;
                            proposal: {
                                breaksSafetyStock: boolean;
                                coverCents: number;
                                crossRegion: boolean;
                                freightCents: number;
                                legs: {
                                    availableLeft: number;
                                    breaksSafetyStock: boolean;
                                    coverDaysLeft: number | null;
                                    distanceKilometres: number;
                                    freightCents: number;
                                    path: string[];
                                    quantity: number;
                                    sourceId: string;
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                                rejected: {
                                    path: string[];
                                    reason: {
                                        /** @enum {string} */
                                        code: "inactive";
                                    } | {
                                        /** @enum {string} */
                                        code: "shortfall";
                                        units: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "sold-out";
                                    } | {
                                        available: number;
                                        /** @enum {string} */
                                        code: "safety-stock";
                                        safetyStock: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "cover";
                                        coverDays: number;
                                        minimumCoverDays: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-freight";
                                        distanceKilometres: number;
                                    } | {
                                        available: number;
                                        canGive: number;
                                        /** @enum {string} */
                                        code: "not-enough";
                                    } | {
                                        /** @enum {string} */
                                        code: "dearer";
                                        extraCents: number;
                                    } | {
                                        /** @enum {string} */
                                        code: "no-better";
                                        distanceKilometres: number;
                                    };
                                    sourceIds: string[];
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                            } | null;
                            rejected: {
                                path: string[];
                                reason: {
                                    /** @enum {string} */
                                    code: "inactive";
                                } | {
                                    /** @enum {string} */
                                    code: "shortfall";
                                    units: number;
                                } | {
                                    /** @enum {string} */
                                    code: "sold-out";
                                } | {
                                    available: number;
                                    /** @enum {string} */
                                    code: "safety-stock";
                                    safetyStock: number;
                                } | {
                                    /** @enum {string} */
                                    code: "cover";
                                    coverDays: number;
                                    minimumCoverDays: number;
                                } | {
                                    /** @enum {string} */
                                    code: "no-freight";
                                    distanceKilometres: number;
                                } | {
                                    available: number;
                                    canGive: number;
                                    /** @enum {string} */
                                    code: "not-enough";
                                } | {
                                    /** @enum {string} */
                                    code: "dearer";
                                    extraCents: number;
                                } | {
                                    /** @enum {string} */
                                    code: "no-better";
                                    distanceKilometres: number;
                                };
                                sourceIds: string[];
                                text: {
                                    en: string;
                                    zh: string;
                                };
                            }[];
                            valueCents: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/warehouses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every warehouse
         * @description Systems: mall, payments, warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    active?: string;
                    cursor?: string;
                    limit?: number;
                    search?: string;
                    sort?: "id" | "newest";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                active: boolean;
                                /** Format: date-time */
                                createdAt: string;
                                divisionCode: string;
                                id: string;
                                latitude: number;
                                longitude: number;
                                name: string;
                                region: string;
                                /** Format: date-time */
                                updatedAt: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Create a warehouse
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        divisionCode: string;
                        id: string;
                        latitude: number;
                        longitude: number;
                        name: string;
                        region: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            active: boolean;
                            /** Format: date-time */
                            createdAt: string;
                            divisionCode: string;
                            id: string;
                            latitude: number;
                            longitude: number;
                            name: string;
                            region: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/warehouses/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One warehouse
         * @description Systems: mall, payments, warehouse, ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            active: boolean;
                            /** Format: date-time */
                            createdAt: string;
                            divisionCode: string;
                            id: string;
                            latitude: number;
                            longitude: number;
                            name: string;
                            region: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a warehouse; fields that are left out stay
         * @description Systems: ops. Roles: ops, admin.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        active?: boolean;
                        divisionCode?: string;
                        latitude?: number;
                        longitude?: number;
                        name?: string;
                        region?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            active: boolean;
                            /** Format: date-time */
                            createdAt: string;
                            divisionCode: string;
                            id: string;
                            latitude: number;
                            longitude: number;
                            name: string;
                            region: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/warehouses/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create and change every warehouse of a CSV file, all or none: id,name,divisionCode,longitude,latitude,region
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: {
                    dryRun?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "text/csv": string;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            changed: number;
                            created: number;
                            dryRun: boolean;
                            errors: {
                                field: string;
                                line: number;
                                message: string;
                            }[];
                            rows: number;
                            unchanged: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{channel}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Messages that a platform pushes, in its own protocol; acknowledged once they are durable */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    channel: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/couriers/{courier}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a courier pushes, in its own protocol; acknowledged once it is durable */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    courier: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/sms/{provider}/{secret}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What operators report of text messages, pushed by their provider; acknowledged once it is durable */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    provider: string;
                    secret: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/wecom": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** WeCom checks this address; answered with the text that it sealed */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        put?: never;
        /** A button of a card was pressed; the answer replaces the buttons */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wecom/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Accounts and who they are in WeCom
         * @description Systems: ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    mapped?: string;
                    role?: "clerk" | "team_lead" | "store_manager" | "regional_director" | "finance" | "ops" | "admin" | "inspector";
                    sort?: "userName" | "-userName";
                    text?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                accountId: string;
                                active: boolean;
                                displayName: string;
                                mappedAt: string | null;
                                mappedBy: string | null;
                                memberId: string | null;
                                /** @enum {string} */
                                role: "clerk" | "team_lead" | "store_manager" | "regional_director" | "finance" | "ops" | "admin" | "inspector";
                                userName: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wecom/members/{accountId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Map an account to a member of WeCom; cards go there from now on
         * @description Roles: admin.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    accountId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "memberId": "wang.fang"
                     *     }
                     */
                    "application/json": {
                        memberId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            accountId: string;
                            active: boolean;
                            displayName: string;
                            mappedAt: string | null;
                            mappedBy: string | null;
                            memberId: string | null;
                            /** @enum {string} */
                            role: "clerk" | "team_lead" | "store_manager" | "regional_director" | "finance" | "ops" | "admin" | "inspector";
                            userName: string;
                        };
                    };
                };
            };
        };
        post?: never;
        /**
         * Unmap an account; buttons pressed by its former member are refused at once
         * @description Roles: admin.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    accountId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            accountId: string;
                            active: boolean;
                            displayName: string;
                            mappedAt: string | null;
                            mappedBy: string | null;
                            memberId: string | null;
                            /** @enum {string} */
                            role: "clerk" | "team_lead" | "store_manager" | "regional_director" | "finance" | "ops" | "admin" | "inspector";
                            userName: string;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How fresh each warehouse’s stock is: last success, last error, lag, what waits for a person
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                badRows: number;
                                clockSkewMs: number | null;
                                consecutiveFailures: number;
                                isMapped: boolean;
                                lagSeconds: number | null;
                                lastAttemptAt: string | null;
                                lastError: {
                                    code: string;
                                    detail: string;
                                    en: string;
                                    zh: string;
                                } | null;
                                lastFullCompareAt: string | null;
                                lastSuccessAt: string | null;
                                levelsChanged: number;
                                newestChangeAt: string | null;
                                /** Format: date-time */
                                nextAttemptAt: string;
                                policyVersion: number | null;
                                quarantined: number;
                                rowsRead: number;
                                /** @enum {string} */
                                state: "fresh" | "late" | "failing" | "never";
                                unknownSkus: number;
                                warehouseId: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wms/{warehouseId}/readings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read it now: what changed, or everything; done within a few seconds by the worker
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    warehouseId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @default incremental
                         * @enum {string}
                         */
                        mode?: "incremental" | "full";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            badRows: number;
                            clockSkewMs: number | null;
                            consecutiveFailures: number;
                            isMapped: boolean;
                            lagSeconds: number | null;
                            lastAttemptAt: string | null;
                            lastError: {
                                code: string;
                                detail: string;
                                en: string;
                                zh: string;
                            } | null;
                            lastFullCompareAt: string | null;
                            lastSuccessAt: string | null;
                            levelsChanged: number;
                            newestChangeAt: string | null;
                            /** Format: date-time */
                            nextAttemptAt: string;
                            policyVersion: number | null;
                            quarantined: number;
                            rowsRead: number;
                            /** @enum {string} */
                            state: "fresh" | "late" | "failing" | "never";
                            unknownSkus: number;
                            warehouseId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wms/connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Connections by name, without their passwords
         * @description Systems: ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: date-time */
                                changedAt: string;
                                changedBy: string;
                                database: string;
                                hasCertificateAuthority: boolean;
                                host: string;
                                name: string;
                                port: number;
                                /** @enum {string} */
                                tls: "verify" | "required" | "off";
                                user: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wms/connections/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Make or replace a connection; its password is sealed and never shown again
         * @description Systems: ops. Roles: ops, admin.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @default null */
                        certificateAuthority?: string | null;
                        database: string;
                        host: string;
                        password: string;
                        /** @default 3306 */
                        port?: number;
                        /**
                         * @default verify
                         * @enum {string}
                         */
                        tls?: "verify" | "required" | "off";
                        user: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            changedAt: string;
                            changedBy: string;
                            database: string;
                            hasCertificateAuthority: boolean;
                            host: string;
                            name: string;
                            port: number;
                            /** @enum {string} */
                            tls: "verify" | "required" | "off";
                            user: string;
                        };
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wms/mapping-tests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a mapping: connects, reads ten rows, says what is wrong; writes nothing
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        mapping: {
                            columns: {
                                cursor: {
                                    column: string;
                                    /** @enum {string} */
                                    type: "time" | "number";
                                } | null;
                                quantity: string[];
                                sku: string;
                                /** @default [] */
                                subtract?: string[];
                                updatedAt: string | null;
                            };
                            connection: string;
                            /** @default true */
                            enabled?: boolean;
                            /** @default null */
                            intervalSeconds?: number | null;
                            /** @enum {string} */
                            onHandFallsAt: "pick" | "pack" | "dispatch";
                            /** @enum {string} */
                            rows: "one" | "sum" | "latest";
                            source: {
                                table: string;
                            } | {
                                query: string;
                            };
                            /**
                             * @default datetime
                             * @enum {string}
                             */
                            timeFormat?: "datetime" | "epoch-seconds" | "epoch-milliseconds";
                            timeZone: string;
                        };
                        warehouseId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            clockSkewMs: number | null;
                            columns: string[];
                            ok: boolean;
                            problems: {
                                code: string;
                                detail: string;
                                en: string;
                                zh: string;
                            }[];
                            rows: {
                                isKnownSku: boolean;
                                onHand: number | null;
                                problem: {
                                    en: string;
                                    zh: string;
                                } | null;
                                skuId: string;
                                updatedAt: string | null;
                            }[];
                            warnings: {
                                code: string;
                                detail: string;
                                en: string;
                                zh: string;
                            }[];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wms/movements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was entered in the hub and a WMS has to book: receipts, counts, returns, transfers
         * @description Systems: warehouse, ops. Roles: ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    after?: number;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                kind: string;
                                movementId: number;
                                quantityDelta: number;
                                reason: string | null;
                                /** Format: date-time */
                                recordedAt: string;
                                skuId: string;
                                warehouseId: string;
                            }[];
                            latestMovementId: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/work-items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Work items of your stores, the oldest open one first; those that are put off only if asked for
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    kind?: "unmatched_payment" | "late_payment" | "payment_mismatch" | "short_pick" | "courier_unreachable" | "tracking_stopped" | "parcel_stuck" | "waybill_unknown" | "parcel_lost" | "parcel_returned" | "refund_failed" | "late_message" | "unknown_message" | "contradiction" | "message_set_aside" | "order_not_found" | "delivery_failed" | "delisting_failed" | "workflow_missing" | "workflow_left_over" | "stock_shortfall" | "transfer_overdue" | "transfer_sold_out" | "transfer_loss" | "change_no_approver" | "change_apply_failed" | "change_undo_failed" | "stock_drift" | "wms_unreachable" | "wms_bad_rows" | "wms_jump" | "promotion_not_held" | "presale_goods_in_stock" | "bodies_kept" | "awaiting_stock" | "channel_order_held" | "channel_change" | "unknown_shop" | "unknown_channel_message" | "channel_order_unread" | "shop_refused" | "subscription_disabled" | "events_exhausted" | "notification_refused" | "notification_unknown" | "wecom_refused" | "holidays_unknown" | "supplement_unpaid" | "reconciliation_differences" | "reconciliation_failed" | "purchase_overdue" | "purchase_refused" | "abnormal_order" | "inspection_failed" | "inspection_overdue" | "inspection_unassigned";
                    limit?: number;
                    orderId?: string;
                    owner?: string;
                    snoozed?: "exclude" | "only" | "include";
                    sort?: "newest" | "oldest";
                    state?: "open" | "resolved";
                    waited?: "overDay" | "underDay" | "underHour";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: date-time */
                                createdAt: string;
                                detail: {
                                    [key: string]: string | number;
                                };
                                key: string;
                                /** @enum {string} */
                                kind: "unmatched_payment" | "late_payment" | "payment_mismatch" | "short_pick" | "courier_unreachable" | "tracking_stopped" | "parcel_stuck" | "waybill_unknown" | "parcel_lost" | "parcel_returned" | "refund_failed" | "late_message" | "unknown_message" | "contradiction" | "message_set_aside" | "order_not_found" | "delivery_failed" | "delisting_failed" | "workflow_missing" | "workflow_left_over" | "stock_shortfall" | "transfer_overdue" | "transfer_sold_out" | "transfer_loss" | "change_no_approver" | "change_apply_failed" | "change_undo_failed" | "stock_drift" | "wms_unreachable" | "wms_bad_rows" | "wms_jump" | "promotion_not_held" | "presale_goods_in_stock" | "bodies_kept" | "awaiting_stock" | "channel_order_held" | "channel_change" | "unknown_shop" | "unknown_channel_message" | "channel_order_unread" | "shop_refused" | "subscription_disabled" | "events_exhausted" | "notification_refused" | "notification_unknown" | "wecom_refused" | "holidays_unknown" | "supplement_unpaid" | "reconciliation_differences" | "reconciliation_failed" | "purchase_overdue" | "purchase_refused" | "abnormal_order" | "inspection_failed" | "inspection_overdue" | "inspection_unassigned";
                                nextStep: {
                                    en: string;
                                    zh: string;
                                };
                                occurrences: number;
                                orderId: string | null;
                                owner: string | null;
                                resolution: string | null;
                                resolvedAt: string | null;
                                resolvedBy: string | null;
                                snooze: {
                                    by: string;
                                    reason: string | null;
                                    /** Format: date-time */
                                    until: string;
                                } | null;
                                /** @enum {string} */
                                state: "open" | "resolved";
                                title: {
                                    en: string;
                                    zh: string;
                                };
                                /** Format: date-time */
                                updatedAt: string;
                                /** Format: uuid */
                                workItemId: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/work-items/{workItemId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One work item; a shortfall with the orders at risk, newest unpaid first; an order that waits for stock with its choices
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    workItemId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            actions: ("assign" | "snooze" | "wake" | "resolve" | "replay" | "approve" | "dismiss" | "decide" | "release")[];
                            /** Format: date-time */
                            createdAt: string;
                            detail: {
                                [key: string]: string | number;
                            };
                            key: string;
                            /** @enum {string} */
                            kind: "unmatched_payment" | "late_payment" | "payment_mismatch" | "short_pick" | "courier_unreachable" | "tracking_stopped" | "parcel_stuck" | "waybill_unknown" | "parcel_lost" | "parcel_returned" | "refund_failed" | "late_message" | "unknown_message" | "contradiction" | "message_set_aside" | "order_not_found" | "delivery_failed" | "delisting_failed" | "workflow_missing" | "workflow_left_over" | "stock_shortfall" | "transfer_overdue" | "transfer_sold_out" | "transfer_loss" | "change_no_approver" | "change_apply_failed" | "change_undo_failed" | "stock_drift" | "wms_unreachable" | "wms_bad_rows" | "wms_jump" | "promotion_not_held" | "presale_goods_in_stock" | "bodies_kept" | "awaiting_stock" | "channel_order_held" | "channel_change" | "unknown_shop" | "unknown_channel_message" | "channel_order_unread" | "shop_refused" | "subscription_disabled" | "events_exhausted" | "notification_refused" | "notification_unknown" | "wecom_refused" | "holidays_unknown" | "supplement_unpaid" | "reconciliation_differences" | "reconciliation_failed" | "purchase_overdue" | "purchase_refused" | "abnormal_order" | "inspection_failed" | "inspection_overdue" | "inspection_unassigned";
                            nextStep: {
                                en: string;
                                zh: string;
                            };
                            occurrences: number;
                            orderId: string | null;
                            ordersAtRisk: {
                                /** Format: date-time */
                                createdAt: string;
                                isPaid: boolean;
                                isShort: boolean;
                                /** Format: uuid */
                                orderId: string;
                                quantity: number;
                            }[];
                            owner: string | null;
                            resolution: string | null;
                            resolvedAt: string | null;
                            resolvedBy: string | null;
                            snooze: {
                                by: string;
                                reason: string | null;
                                /** Format: date-time */
                                until: string;
                            } | null;
                            /** @enum {string} */
                            state: "open" | "resolved";
                            stockWait: {
                                choices: {
                                    /** @enum {string} */
                                    decision: "serve-now" | "other-warehouse" | "transfer" | "wait" | "partial" | "cancel";
                                    isPossible: boolean;
                                    text: {
                                        en: string;
                                        zh: string;
                                    };
                                }[];
                                incoming: {
                                    quantity: number;
                                    skuId: string;
                                    status: string;
                                    /** Format: uuid */
                                    transferId: string;
                                    warehouseId: string;
                                }[];
                                isPaid: boolean;
                                lines: {
                                    lineNumber: number;
                                    quantity: number;
                                    served: number;
                                    skuId: string;
                                }[];
                                lookAgainAt: string | null;
                                openChange: {
                                    /** Format: uuid */
                                    changeId: string;
                                    changeNumber: string;
                                } | null;
                                /** Format: uuid */
                                orderId: string;
                                ordersAhead: number;
                                transfers: {
                                    quantity: number;
                                    skuId: string;
                                    sources: {
                                        quantity: number;
                                        sourceId: string;
                                    }[];
                                    warehouseId: string;
                                }[];
                                warehouses: {
                                    kilometres: number | null;
                                    name: string;
                                    units: {
                                        quantity: number;
                                        skuId: string;
                                    }[];
                                    warehouseId: string;
                                }[];
                            } | null;
                            title: {
                                en: string;
                                zh: string;
                            };
                            /** Format: date-time */
                            updatedAt: string;
                            /** Format: uuid */
                            workItemId: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/work-items/{workItemId}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take over what it asks about
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    workItemId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            createdAt: string;
                            detail: {
                                [key: string]: string | number;
                            };
                            key: string;
                            /** @enum {string} */
                            kind: "unmatched_payment" | "late_payment" | "payment_mismatch" | "short_pick" | "courier_unreachable" | "tracking_stopped" | "parcel_stuck" | "waybill_unknown" | "parcel_lost" | "parcel_returned" | "refund_failed" | "late_message" | "unknown_message" | "contradiction" | "message_set_aside" | "order_not_found" | "delivery_failed" | "delisting_failed" | "workflow_missing" | "workflow_left_over" | "stock_shortfall" | "transfer_overdue" | "transfer_sold_out" | "transfer_loss" | "change_no_approver" | "change_apply_failed" | "change_undo_failed" | "stock_drift" | "wms_unreachable" | "wms_bad_rows" | "wms_jump" | "promotion_not_held" | "presale_goods_in_stock" | "bodies_kept" | "awaiting_stock" | "channel_order_held" | "channel_change" | "unknown_shop" | "unknown_channel_message" | "channel_order_unread" | "shop_refused" | "subscription_disabled" | "events_exhausted" | "notification_refused" | "notification_unknown" | "wecom_refused" | "holidays_unknown" | "supplement_unpaid" | "reconciliation_differences" | "reconciliation_failed" | "purchase_overdue" | "purchase_refused" | "abnormal_order" | "inspection_failed" | "inspection_overdue" | "inspection_unassigned";
                            nextStep: {
                                en: string;
                                zh: string;
                            };
                            occurrences: number;
                            orderId: string | null;
                            owner: string | null;
                            resolution: string | null;
                            resolvedAt: string | null;
                            resolvedBy: string | null;
                            snooze: {
                                by: string;
                                reason: string | null;
                                /** Format: date-time */
                                until: string;
                            } | null;
                            /** @enum {string} */
                            state: "open" | "resolved";
                            title: {
                                en: string;
                                zh: string;
                            };
                            /** Format: date-time */
                            updatedAt: string;
                            /** Format: uuid */
                            workItemId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/work-items/{workItemId}/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give it to somebody who sees it
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    workItemId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        owner: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            createdAt: string;
                            detail: {
                                [key: string]: string | number;
                            };
                            key: string;
                            /** @enum {string} */
                            kind: "unmatched_payment" | "late_payment" | "payment_mismatch" | "short_pick" | "courier_unreachable" | "tracking_stopped" | "parcel_stuck" | "waybill_unknown" | "parcel_lost" | "parcel_returned" | "refund_failed" | "late_message" | "unknown_message" | "contradiction" | "message_set_aside" | "order_not_found" | "delivery_failed" | "delisting_failed" | "workflow_missing" | "workflow_left_over" | "stock_shortfall" | "transfer_overdue" | "transfer_sold_out" | "transfer_loss" | "change_no_approver" | "change_apply_failed" | "change_undo_failed" | "stock_drift" | "wms_unreachable" | "wms_bad_rows" | "wms_jump" | "promotion_not_held" | "presale_goods_in_stock" | "bodies_kept" | "awaiting_stock" | "channel_order_held" | "channel_change" | "unknown_shop" | "unknown_channel_message" | "channel_order_unread" | "shop_refused" | "subscription_disabled" | "events_exhausted" | "notification_refused" | "notification_unknown" | "wecom_refused" | "holidays_unknown" | "supplement_unpaid" | "reconciliation_differences" | "reconciliation_failed" | "purchase_overdue" | "purchase_refused" | "abnormal_order" | "inspection_failed" | "inspection_overdue" | "inspection_unassigned";
                            nextStep: {
                                en: string;
                                zh: string;
                            };
                            occurrences: number;
                            orderId: string | null;
                            owner: string | null;
                            resolution: string | null;
                            resolvedAt: string | null;
                            resolvedBy: string | null;
                            snooze: {
                                by: string;
                                reason: string | null;
                                /** Format: date-time */
                                until: string;
                            } | null;
                            /** @enum {string} */
                            state: "open" | "resolved";
                            title: {
                                en: string;
                                zh: string;
                            };
                            /** Format: date-time */
                            updatedAt: string;
                            /** Format: uuid */
                            workItemId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/work-items/{workItemId}/dismiss": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keep out what it asks about
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    workItemId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            createdAt: string;
                            detail: {
                                [key: string]: string | number;
                            };
                            key: string;
                            /** @enum {string} */
                            kind: "unmatched_payment" | "late_payment" | "payment_mismatch" | "short_pick" | "courier_unreachable" | "tracking_stopped" | "parcel_stuck" | "waybill_unknown" | "parcel_lost" | "parcel_returned" | "refund_failed" | "late_message" | "unknown_message" | "contradiction" | "message_set_aside" | "order_not_found" | "delivery_failed" | "delisting_failed" | "workflow_missing" | "workflow_left_over" | "stock_shortfall" | "transfer_overdue" | "transfer_sold_out" | "transfer_loss" | "change_no_approver" | "change_apply_failed" | "change_undo_failed" | "stock_drift" | "wms_unreachable" | "wms_bad_rows" | "wms_jump" | "promotion_not_held" | "presale_goods_in_stock" | "bodies_kept" | "awaiting_stock" | "channel_order_held" | "channel_change" | "unknown_shop" | "unknown_channel_message" | "channel_order_unread" | "shop_refused" | "subscription_disabled" | "events_exhausted" | "notification_refused" | "notification_unknown" | "wecom_refused" | "holidays_unknown" | "supplement_unpaid" | "reconciliation_differences" | "reconciliation_failed" | "purchase_overdue" | "purchase_refused" | "abnormal_order" | "inspection_failed" | "inspection_overdue" | "inspection_unassigned";
                            nextStep: {
                                en: string;
                                zh: string;
                            };
                            occurrences: number;
                            orderId: string | null;
                            owner: string | null;
                            resolution: string | null;
                            resolvedAt: string | null;
                            resolvedBy: string | null;
                            snooze: {
                                by: string;
                                reason: string | null;
                                /** Format: date-time */
                                until: string;
                            } | null;
                            /** @enum {string} */
                            state: "open" | "resolved";
                            title: {
                                en: string;
                                zh: string;
                            };
                            /** Format: date-time */
                            updatedAt: string;
                            /** Format: uuid */
                            workItemId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/work-items/{workItemId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try again what it is about
         * @description Systems: ops. Roles: ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    workItemId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            createdAt: string;
                            detail: {
                                [key: string]: string | number;
                            };
                            key: string;
                            /** @enum {string} */
                            kind: "unmatched_payment" | "late_payment" | "payment_mismatch" | "short_pick" | "courier_unreachable" | "tracking_stopped" | "parcel_stuck" | "waybill_unknown" | "parcel_lost" | "parcel_returned" | "refund_failed" | "late_message" | "unknown_message" | "contradiction" | "message_set_aside" | "order_not_found" | "delivery_failed" | "delisting_failed" | "workflow_missing" | "workflow_left_over" | "stock_shortfall" | "transfer_overdue" | "transfer_sold_out" | "transfer_loss" | "change_no_approver" | "change_apply_failed" | "change_undo_failed" | "stock_drift" | "wms_unreachable" | "wms_bad_rows" | "wms_jump" | "promotion_not_held" | "presale_goods_in_stock" | "bodies_kept" | "awaiting_stock" | "channel_order_held" | "channel_change" | "unknown_shop" | "unknown_channel_message" | "channel_order_unread" | "shop_refused" | "subscription_disabled" | "events_exhausted" | "notification_refused" | "notification_unknown" | "wecom_refused" | "holidays_unknown" | "supplement_unpaid" | "reconciliation_differences" | "reconciliation_failed" | "purchase_overdue" | "purchase_refused" | "abnormal_order" | "inspection_failed" | "inspection_overdue" | "inspection_unassigned";
                            nextStep: {
                                en: string;
                                zh: string;
                            };
                            occurrences: number;
                            orderId: string | null;
                            owner: string | null;
                            resolution: string | null;
                            resolvedAt: string | null;
                            resolvedBy: string | null;
                            snooze: {
                                by: string;
                                reason: string | null;
                                /** Format: date-time */
                                until: string;
                            } | null;
                            /** @enum {string} */
                            state: "open" | "resolved";
                            title: {
                                en: string;
                                zh: string;
                            };
                            /** Format: date-time */
                            updatedAt: string;
                            /** Format: uuid */
                            workItemId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/work-items/{workItemId}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Close it with what was done
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    workItemId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        resolution: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            createdAt: string;
                            detail: {
                                [key: string]: string | number;
                            };
                            key: string;
                            /** @enum {string} */
                            kind: "unmatched_payment" | "late_payment" | "payment_mismatch" | "short_pick" | "courier_unreachable" | "tracking_stopped" | "parcel_stuck" | "waybill_unknown" | "parcel_lost" | "parcel_returned" | "refund_failed" | "late_message" | "unknown_message" | "contradiction" | "message_set_aside" | "order_not_found" | "delivery_failed" | "delisting_failed" | "workflow_missing" | "workflow_left_over" | "stock_shortfall" | "transfer_overdue" | "transfer_sold_out" | "transfer_loss" | "change_no_approver" | "change_apply_failed" | "change_undo_failed" | "stock_drift" | "wms_unreachable" | "wms_bad_rows" | "wms_jump" | "promotion_not_held" | "presale_goods_in_stock" | "bodies_kept" | "awaiting_stock" | "channel_order_held" | "channel_change" | "unknown_shop" | "unknown_channel_message" | "channel_order_unread" | "shop_refused" | "subscription_disabled" | "events_exhausted" | "notification_refused" | "notification_unknown" | "wecom_refused" | "holidays_unknown" | "supplement_unpaid" | "reconciliation_differences" | "reconciliation_failed" | "purchase_overdue" | "purchase_refused" | "abnormal_order" | "inspection_failed" | "inspection_overdue" | "inspection_unassigned";
                            nextStep: {
                                en: string;
                                zh: string;
                            };
                            occurrences: number;
                            orderId: string | null;
                            owner: string | null;
                            resolution: string | null;
                            resolvedAt: string | null;
                            resolvedBy: string | null;
                            snooze: {
                                by: string;
                                reason: string | null;
                                /** Format: date-time */
                                until: string;
                            } | null;
                            /** @enum {string} */
                            state: "open" | "resolved";
                            title: {
                                en: string;
                                zh: string;
                            };
                            /** Format: date-time */
                            updatedAt: string;
                            /** Format: uuid */
                            workItemId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/work-items/{workItemId}/snooze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put it off: it leaves the list until then, or until it says something new
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    workItemId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "until": "2026-12-01T09:00:00+08:00",
                     *       "reason": "等供应商答复"
                     *     }
                     */
                    "application/json": {
                        reason?: string;
                        /** Format: date-time */
                        until: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            createdAt: string;
                            detail: {
                                [key: string]: string | number;
                            };
                            key: string;
                            /** @enum {string} */
                            kind: "unmatched_payment" | "late_payment" | "payment_mismatch" | "short_pick" | "courier_unreachable" | "tracking_stopped" | "parcel_stuck" | "waybill_unknown" | "parcel_lost" | "parcel_returned" | "refund_failed" | "late_message" | "unknown_message" | "contradiction" | "message_set_aside" | "order_not_found" | "delivery_failed" | "delisting_failed" | "workflow_missing" | "workflow_left_over" | "stock_shortfall" | "transfer_overdue" | "transfer_sold_out" | "transfer_loss" | "change_no_approver" | "change_apply_failed" | "change_undo_failed" | "stock_drift" | "wms_unreachable" | "wms_bad_rows" | "wms_jump" | "promotion_not_held" | "presale_goods_in_stock" | "bodies_kept" | "awaiting_stock" | "channel_order_held" | "channel_change" | "unknown_shop" | "unknown_channel_message" | "channel_order_unread" | "shop_refused" | "subscription_disabled" | "events_exhausted" | "notification_refused" | "notification_unknown" | "wecom_refused" | "holidays_unknown" | "supplement_unpaid" | "reconciliation_differences" | "reconciliation_failed" | "purchase_overdue" | "purchase_refused" | "abnormal_order" | "inspection_failed" | "inspection_overdue" | "inspection_unassigned";
                            nextStep: {
                                en: string;
                                zh: string;
                            };
                            occurrences: number;
                            orderId: string | null;
                            owner: string | null;
                            resolution: string | null;
                            resolvedAt: string | null;
                            resolvedBy: string | null;
                            snooze: {
                                by: string;
                                reason: string | null;
                                /** Format: date-time */
                                until: string;
                            } | null;
                            /** @enum {string} */
                            state: "open" | "resolved";
                            title: {
                                en: string;
                                zh: string;
                            };
                            /** Format: date-time */
                            updatedAt: string;
                            /** Format: uuid */
                            workItemId: string;
                        };
                    };
                };
            };
        };
        /**
         * Bring it back before its time
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    workItemId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            createdAt: string;
                            detail: {
                                [key: string]: string | number;
                            };
                            key: string;
                            /** @enum {string} */
                            kind: "unmatched_payment" | "late_payment" | "payment_mismatch" | "short_pick" | "courier_unreachable" | "tracking_stopped" | "parcel_stuck" | "waybill_unknown" | "parcel_lost" | "parcel_returned" | "refund_failed" | "late_message" | "unknown_message" | "contradiction" | "message_set_aside" | "order_not_found" | "delivery_failed" | "delisting_failed" | "workflow_missing" | "workflow_left_over" | "stock_shortfall" | "transfer_overdue" | "transfer_sold_out" | "transfer_loss" | "change_no_approver" | "change_apply_failed" | "change_undo_failed" | "stock_drift" | "wms_unreachable" | "wms_bad_rows" | "wms_jump" | "promotion_not_held" | "presale_goods_in_stock" | "bodies_kept" | "awaiting_stock" | "channel_order_held" | "channel_change" | "unknown_shop" | "unknown_channel_message" | "channel_order_unread" | "shop_refused" | "subscription_disabled" | "events_exhausted" | "notification_refused" | "notification_unknown" | "wecom_refused" | "holidays_unknown" | "supplement_unpaid" | "reconciliation_differences" | "reconciliation_failed" | "purchase_overdue" | "purchase_refused" | "abnormal_order" | "inspection_failed" | "inspection_overdue" | "inspection_unassigned";
                            nextStep: {
                                en: string;
                                zh: string;
                            };
                            occurrences: number;
                            orderId: string | null;
                            owner: string | null;
                            resolution: string | null;
                            resolvedAt: string | null;
                            resolvedBy: string | null;
                            snooze: {
                                by: string;
                                reason: string | null;
                                /** Format: date-time */
                                until: string;
                            } | null;
                            /** @enum {string} */
                            state: "open" | "resolved";
                            title: {
                                en: string;
                                zh: string;
                            };
                            /** Format: date-time */
                            updatedAt: string;
                            /** Format: uuid */
                            workItemId: string;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/work-items/assignees": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * People whom a work item can be given to
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    text?: string;
                    workItemId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                displayName: string;
                                userName: string;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/work-items/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many open work items of your stores have waited for how long
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            most: number;
                            overDay: number;
                            snoozed: number;
                            total: number;
                            /** @description an hour or more, and less than a day */
                            underDay: number;
                            underHour: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/work-items/kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The kinds of work items, each with what it says and what to do next
         * @description Systems: ops. Roles: clerk, team_lead, store_manager, regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @enum {string} */
                                kind: "unmatched_payment" | "late_payment" | "payment_mismatch" | "short_pick" | "courier_unreachable" | "tracking_stopped" | "parcel_stuck" | "waybill_unknown" | "parcel_lost" | "parcel_returned" | "refund_failed" | "late_message" | "unknown_message" | "contradiction" | "message_set_aside" | "order_not_found" | "delivery_failed" | "delisting_failed" | "workflow_missing" | "workflow_left_over" | "stock_shortfall" | "transfer_overdue" | "transfer_sold_out" | "transfer_loss" | "change_no_approver" | "change_apply_failed" | "change_undo_failed" | "stock_drift" | "wms_unreachable" | "wms_bad_rows" | "wms_jump" | "promotion_not_held" | "presale_goods_in_stock" | "bodies_kept" | "awaiting_stock" | "channel_order_held" | "channel_change" | "unknown_shop" | "unknown_channel_message" | "channel_order_unread" | "shop_refused" | "subscription_disabled" | "events_exhausted" | "notification_refused" | "notification_unknown" | "wecom_refused" | "holidays_unknown" | "supplement_unpaid" | "reconciliation_differences" | "reconciliation_failed" | "purchase_overdue" | "purchase_refused" | "abnormal_order" | "inspection_failed" | "inspection_overdue" | "inspection_unassigned";
                                nextStep: {
                                    en: string;
                                    zh: string;
                                };
                                title: {
                                    en: string;
                                    zh: string;
                                };
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/working-days": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Days on which stores work or rest otherwise than the official calendar says
         * @description Systems: ops. Roles: regional_director, finance, ops, admin.
         */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    from?: string;
                    kind?: "work" | "rest";
                    limit?: number;
                    sort?: "newest" | "oldest";
                    storeId?: string;
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            holidaysKnown: {
                                nextYear: boolean;
                                thisYear: boolean;
                            };
                            items: {
                                /** Format: date-time */
                                changedAt: string;
                                changedBy: string;
                                /** Format: date */
                                day: string;
                                /** @enum {string} */
                                kind: "work" | "rest";
                                name: string | null;
                                storeId: string | null;
                            }[];
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
        /**
         * Say what a day is to a store, or to all of them
         * @description Systems: ops. Roles: ops, admin.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: date */
                        day: string;
                        /** @enum {string} */
                        kind: "work" | "rest";
                        /** @default null */
                        name?: string | null;
                        /** @default null */
                        storeId?: string | null;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        post?: never;
        /**
         * Let the official calendar hold again
         * @description Systems: ops. Roles: ops, admin.
         */
        delete: {
            parameters: {
                query: {
                    day: string;
                    storeId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: never;
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
