-- The doors of the database. The app role may call these and, through them only, reach what it has no right on.
-- Every function has a fixed search_path; SECURITY DEFINER ones are on the isolation suite's allowlist by name.
-- Statements are separated by lines that hold only `--;`.

-- Who is asking --------------------------------------------------------------------------------------------------
-- A ticket is `3|kind|tenant|region|user|session|roles|transaction start|backend|expiry|keyed hash`. It holds for one
-- transaction of one backend: replayed in the next it is worthless, forged it fails the hash, expired it is NULL.
CREATE OR REPLACE FUNCTION sammen.keyed_hash(secret bytea, message text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN sha256(secret || sha256(secret || convert_to(message, 'UTF8')));
--;
CREATE OR REPLACE FUNCTION sammen.open_ticket() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  raw text := current_setting('sammen.ticket', true);
  part text[];
BEGIN
  IF raw IS NULL OR raw = '' THEN RETURN NULL; END IF;
  part := string_to_array(raw, '|');
  IF array_length(part, 1) IS DISTINCT FROM 11 OR part[1] <> '3' THEN RETURN NULL; END IF;
  IF part[11] IS DISTINCT FROM encode(sammen.keyed_hash(
       (SELECT secret FROM sammen.vault WHERE name = 'ticket'), array_to_string(part[1:10], '|')), 'hex')
     -- A ticket written just before the key was changed is good for its own minute.
     AND part[11] IS DISTINCT FROM encode(sammen.keyed_hash(
       (SELECT secret FROM sammen.vault WHERE name = 'ticket before'), array_to_string(part[1:10], '|')), 'hex') THEN
    RETURN NULL;
  END IF;
  -- From here on the text is ours, so the casts below cannot fail.
  IF part[8]::numeric <> extract(epoch FROM transaction_timestamp())
     OR part[9]::int <> pg_backend_pid()
     OR part[10]::numeric < extract(epoch FROM statement_timestamp()) THEN
    RETURN NULL;
  END IF;
  RETURN part;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.current_kind() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp
RETURN (sammen.open_ticket())[2];
--;
CREATE OR REPLACE FUNCTION sammen.current_tenant() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp
RETURN nullif((sammen.open_ticket())[3], '')::uuid;
--;
CREATE OR REPLACE FUNCTION sammen.current_region() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp
RETURN nullif((sammen.open_ticket())[4], '')::uuid;
--;
-- The region, for those who see its rows: being a member is not enough. Each names its roles as policy/roles.py does,
-- and the region's own jobs. So the steering group reads no need, candidate or proposal, not even by injected SQL.
CREATE OR REPLACE FUNCTION sammen.current_pool() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket();
BEGIN
  RETURN CASE WHEN string_to_array(part[7], ',') && '{shared_coordinator,job}' THEN nullif(part[4], '')::uuid END;
END $$;
--;
-- Needs without a name are seen by partners as well (C18); what is matched on and never displayed is not.
CREATE OR REPLACE FUNCTION sammen.current_needs() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket();
BEGIN
  RETURN CASE WHEN string_to_array(part[7], ',') && '{shared_coordinator,partner,job}' THEN nullif(part[4], '')::uuid END;
END $$;
--;
-- Campaigns and the map: those who run the pool and the project, and neither partners nor the steering group (C1, D4).
CREATE OR REPLACE FUNCTION sammen.current_project() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket();
BEGIN
  RETURN CASE WHEN string_to_array(part[7], ',') && '{shared_coordinator,project_manager,job}' THEN nullif(part[4], '')::uuid END;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.current_courses() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket();
BEGIN
  RETURN CASE WHEN string_to_array(part[7], ',') && '{course_coordinator,shared_coordinator,job}' THEN nullif(part[4], '')::uuid END;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.current_steering() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket();
BEGIN
  RETURN CASE WHEN string_to_array(part[7], ',') && '{steering_group_member,project_manager,job}' THEN nullif(part[4], '')::uuid END;
END $$;
--;
-- Approved figures as they are, before anything is hidden: a job of the region that no person asked for by name. No
-- request of anybody's reads them, not even by injected SQL.
CREATE OR REPLACE FUNCTION sammen.current_figures() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket();
BEGIN
  RETURN CASE WHEN part[7] = 'job' AND part[5] = '' THEN nullif(part[4], '')::uuid END;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.current_user_id() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp
RETURN nullif((sammen.open_ticket())[5], '')::uuid;
--;
CREATE OR REPLACE FUNCTION sammen.current_session() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp
RETURN nullif((sammen.open_ticket())[6], '')::uuid;
--;
CREATE OR REPLACE FUNCTION sammen.norwegian_day() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN (now() AT TIME ZONE 'Europe/Oslo')::date;
--;
-- Sets the ticket of this transaction. Not granted to the app role: only the doors below call it.
CREATE OR REPLACE FUNCTION sammen.write_ticket(
  p_kind text, p_tenant uuid, p_region uuid, p_user uuid, p_session uuid, p_roles text[], p_seconds int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  message text := concat_ws('|', '3', p_kind, coalesce(p_tenant::text, ''), coalesce(p_region::text, ''),
    coalesce(p_user::text, ''), coalesce(p_session::text, ''), array_to_string(p_roles, ','), extract(epoch FROM transaction_timestamp())::text,
    pg_backend_pid()::text, (extract(epoch FROM clock_timestamp())::bigint + p_seconds)::text);
BEGIN
  PERFORM set_config('sammen.ticket', message || '|' || encode(sammen.keyed_hash(
    (SELECT secret FROM sammen.vault WHERE name = 'ticket'), message), 'hex'), true);
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.proof_ok(p_message text, p_expires bigint, p_proof bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN p_expires > extract(epoch FROM clock_timestamp())
   AND p_expires < extract(epoch FROM clock_timestamp()) + 86400
   -- `door` is the one in use; `door <key>` are accepted while the secret is being changed.
   AND EXISTS (SELECT 1 FROM sammen.vault v WHERE (v.name = 'door' OR v.name LIKE 'door %')
     AND p_proof = sammen.keyed_hash(v.secret, p_message || '|' || p_expires::text));
--;
-- Entering --------------------------------------------------------------------------------------------------------
-- Levels of assurance (policy/assurance.py, which a test holds these two against): 0 for what is none.
CREATE OR REPLACE FUNCTION sammen.level_no(p_level text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN coalesce(array_position('{password,sent_code,second_factor,substantial,high}'::text[], p_level), 0);
--;
CREATE OR REPLACE FUNCTION sammen.role_demand(p_role text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN p_role IN ('contact', 'service_user', 'representative') THEN 'sent_code' ELSE 'second_factor' END;
--;
-- One call a request: session, validity, membership, level, ticket. No row: no valid session. A row whose roles are
-- empty: signed in, but not a member there (the caller answers 404), or not surely enough (`wants` says the level that
-- the place's strictest role asks for). Called at every request, so revocation needs no cache.
-- A session bound to a municipality opens its places alone: its administrator vouched for it, and nobody else's.
CREATE OR REPLACE FUNCTION sammen.enter_place(p_token_hash bytea, p_kind text, p_slug text)
RETURNS TABLE (user_id uuid, session_id uuid, user_name text, language text, tenant_id uuid, region_id uuid,
               place_name text, roles text[], places text[], settings jsonb, assurance text, wants text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s record;
  v_need int;
  day date := (now() AT TIME ZONE 'Europe/Oslo')::date;
BEGIN
  PERFORM set_config('sammen.ticket', '', true);
  SELECT w.id, w.user_id AS uid, w.last_seen_at, w.assurance AS held, w.bound_to AS bound, w.provider_id AS provider, u.display_name, u.language AS lang
    INTO s
    FROM sammen.web_session w JOIN sammen.user_account u ON u.id = w.user_id
   WHERE w.token_hash = p_token_hash AND w.ended_at IS NULL AND w.expires_at > now()
     AND w.last_seen_at > now() - interval '60 minutes' AND u.disabled_at IS NULL;
  IF NOT FOUND THEN RETURN; END IF;
  IF s.last_seen_at < now() - interval '1 minute' THEN
    -- Never wait for another request of the same session: whoever holds the row is writing the same time.
    PERFORM 1 FROM sammen.web_session w WHERE w.id = s.id FOR UPDATE SKIP LOCKED;
    IF FOUND THEN UPDATE sammen.web_session w SET last_seen_at = now() WHERE w.id = s.id; END IF;
  END IF;
  user_id := s.uid; session_id := s.id; user_name := s.display_name; language := s.lang; roles := '{}';
  settings := '{}'; assurance := s.held; wants := '';
  IF p_kind IN ('municipality', 'own') THEN
    SELECT m.id, m.name, m.settings INTO tenant_id, place_name, settings FROM sammen.municipality m
     WHERE m.slug = p_slug AND m.valid_from <= day AND (m.valid_to IS NULL OR m.valid_to >= day);
  ELSIF p_kind = 'region' THEN
    SELECT r.id, r.name, r.settings INTO region_id, place_name, settings FROM sammen.region r
     WHERE r.slug = p_slug AND r.valid_from <= day AND (r.valid_to IS NULL OR r.valid_to >= day);
  END IF;
  SELECT coalesce(array_agg(DISTINCT h.role) FILTER (WHERE h.here), '{}'),
         coalesce(array_agg(DISTINCT h.place), '{}'), max(h.need) FILTER (WHERE h.here)
    INTO roles, places, v_need
    FROM (SELECT b.role, b.kind || '|' || coalesce(m.slug, r.slug, '') || '|' || coalesce(m.name, r.name, '') AS place,
                 greatest(sammen.level_no(sammen.role_demand(b.role)), sammen.level_no(m.settings -> 'levels' ->> b.role)) AS need,
                 b.kind = p_kind AND b.municipality_id IS NOT DISTINCT FROM enter_place.tenant_id
                   AND b.region_id IS NOT DISTINCT FROM enter_place.region_id
                   AND (p_kind = 'operations' OR coalesce(enter_place.tenant_id, enter_place.region_id) IS NOT NULL) AS here
            FROM sammen.membership b LEFT JOIN sammen.municipality m ON m.id = b.municipality_id
                 LEFT JOIN sammen.region r ON r.id = b.region_id
           WHERE b.user_id = s.uid AND b.valid_from <= day AND (b.valid_to IS NULL OR b.valid_to >= day)
             AND (s.bound IS NULL OR b.municipality_id = s.bound)
             -- A national number is registered by a caseworker: it opens the pages of who it is, and no role among the staff.
             AND (s.provider IS NULL OR b.kind = 'own' OR EXISTS (
               SELECT 1 FROM sammen.identity_provider i WHERE i.id = s.provider AND i.audience = 'employees'))) h;
  IF roles <> '{}' AND v_need > sammen.level_no(s.held) THEN
    wants := ('{password,sent_code,second_factor,substantial,high}'::text[])[v_need]; roles := '{}';
  END IF;
  IF roles <> '{}' THEN
    PERFORM sammen.write_ticket(p_kind, tenant_id, enter_place.region_id, s.uid, s.id, roles, 60);
  ELSE
    tenant_id := NULL; region_id := NULL; place_name := NULL; settings := '{}';
    -- Pages of the signed-in person alone (my places, my sessions) have a ticket without a place: it opens no row.
    PERFORM sammen.write_ticket('session', NULL, NULL, s.uid, s.id, '{}', 60);
  END IF;
  RETURN NEXT;
END $$;
--;
-- The same for a program one version older, while a house is being upgraded.
CREATE OR REPLACE FUNCTION sammen.enter(p_token_hash bytea, p_kind text, p_slug text)
RETURNS TABLE (user_id uuid, session_id uuid, user_name text, language text, tenant_id uuid, region_id uuid,
               place_name text, roles text[], places text[], settings jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT e.user_id, e.session_id, e.user_name, e.language, e.tenant_id, e.region_id, e.place_name, e.roles,
    e.places, e.settings FROM sammen.enter_place(p_token_hash, p_kind, p_slug) e;
END $$;
--;
-- A job's context. The proof binds place, user, job and expiry, so that an injected statement cannot ask for it.
CREATE OR REPLACE FUNCTION sammen.enter_job(p_kind text, p_scope uuid, p_user uuid, p_job text, p_seconds int,
  p_expires bigint, p_proof bytea)
RETURNS TABLE (tenant_id uuid, region_id uuid, slug text, place_name text, settings jsonb, user_name text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('sammen.ticket', '', true);
  IF p_seconds NOT BETWEEN 1 AND 3600 OR NOT sammen.proof_ok(
       concat_ws('|', 'job', p_kind, p_scope::text, coalesce(p_user::text, ''), p_job, p_seconds::text), p_expires, p_proof) THEN
    RAISE EXCEPTION 'job proof refused' USING ERRCODE = '28000';
  END IF;
  IF p_kind = 'municipality' THEN
    SELECT m.id, m.slug, m.name, m.settings INTO tenant_id, slug, place_name, settings FROM sammen.municipality m WHERE m.id = p_scope;
  ELSIF p_kind = 'region' THEN
    SELECT r.id, r.slug, r.name, r.settings INTO region_id, slug, place_name, settings FROM sammen.region r WHERE r.id = p_scope;
  END IF;
  IF coalesce(tenant_id, region_id) IS NULL THEN
    RAISE EXCEPTION 'job has no place' USING ERRCODE = '28000';
  END IF;
  SELECT u.display_name INTO user_name FROM sammen.user_account u WHERE u.id = p_user;
  PERFORM sammen.write_ticket(p_kind, tenant_id, region_id, p_user, NULL, '{job}', p_seconds);
  RETURN NEXT;
END $$;
--;
-- Programs of other systems (0085) --------------------------------------------------------------------------------------
-- A program's way in, beside `enter`: a token that a secret of its was changed for not ten minutes ago. Asked at every request,
-- so that what is ended is ended at the next one. No row: no such token, or not from there. The actor is the program.
CREATE OR REPLACE FUNCTION sammen.enter_client(p_token_hash bytea, p_address inet)
RETURNS TABLE (client_id uuid, client_name text, purpose text, tenant_id uuid, slug text, place_name text, roles text[], settings jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_day date := (now() AT TIME ZONE 'Europe/Oslo')::date; v_scopes text[];
BEGIN
  PERFORM set_config('sammen.ticket', '', true);
  SELECT c.id, c.name, c.purpose, m.id, m.slug, m.name, m.settings,
         ARRAY(SELECT unnest(t.scopes) INTERSECT SELECT unnest(c.scopes) INTERSECT SELECT unnest(c.confirmed_scopes) ORDER BY 1)
    INTO client_id, client_name, purpose, tenant_id, slug, place_name, settings, v_scopes
    FROM sammen.program_token t
    JOIN sammen.program_secret s ON s.id = t.secret_id AND s.ended_at IS NULL
    JOIN sammen.program_client c ON c.tenant_id = t.tenant_id AND c.id = t.client_id AND c.ended_at IS NULL AND c.valid_to >= v_day
    JOIN sammen.municipality m ON m.id = t.tenant_id AND m.valid_from <= v_day AND (m.valid_to IS NULL OR m.valid_to >= v_day)
   WHERE t.token_hash = p_token_hash AND t.expires_at > now()
     AND (cardinality(c.networks) = 0 OR coalesce(p_address <<= ANY (c.networks::inet[]), false));
  IF NOT FOUND THEN RETURN; END IF;
  roles := ARRAY(SELECT 'program_' || one FROM unnest(v_scopes) AS one);
  -- The session is the program: an idempotency key of its is known again under a new token.
  PERFORM sammen.write_ticket('municipality', tenant_id, NULL, client_id, client_id, roles, 60);
  RETURN NEXT;
END $$;
--;
-- A program shows its secret and gets a token. `answer`: `ok`, `no` (unknown, not confirmed, ended, out of date, from elsewhere: all alike)
-- or `scope` (it asks for more than it may). The proof keeps an injected statement from making one.
CREATE OR REPLACE FUNCTION sammen.program_token_for(p_client uuid, p_secret bytea, p_token bytea, p_scopes text[], p_address inet,
  p_request uuid, p_expires bigint, p_proof bytea) RETURNS TABLE (answer text, scopes text[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v sammen.program_client; v_secret uuid; v_may text[]; v_day date := (now() AT TIME ZONE 'Europe/Oslo')::date;
BEGIN
  IF NOT sammen.proof_ok(concat_ws('|', 'program.token', p_client::text, encode(p_secret, 'hex'), encode(p_token, 'hex'),
       array_to_string(p_scopes, ',')), p_expires, p_proof) THEN
    RAISE EXCEPTION 'proof refused' USING ERRCODE = '28000';
  END IF;
  SELECT c.* INTO v FROM sammen.program_client c JOIN sammen.municipality m ON m.id = c.tenant_id
   WHERE c.id = p_client AND c.ended_at IS NULL AND c.valid_to >= v_day
     AND m.valid_from <= v_day AND (m.valid_to IS NULL OR m.valid_to >= v_day)
     AND (cardinality(c.networks) = 0 OR coalesce(p_address <<= ANY (c.networks::inet[]), false));
  SELECT s.id INTO v_secret FROM sammen.program_secret s
   WHERE s.client_id = v.id AND s.tenant_id = v.tenant_id AND s.hash = p_secret AND s.ended_at IS NULL;
  v_may := ARRAY(SELECT unnest(v.scopes) INTERSECT SELECT unnest(v.confirmed_scopes) ORDER BY 1);
  answer := CASE WHEN v.id IS NULL OR v_secret IS NULL OR cardinality(v_may) = 0 THEN 'no' WHEN NOT p_scopes <@ v_may THEN 'scope' ELSE 'ok' END;
  IF answer = 'ok' THEN
    scopes := CASE WHEN cardinality(p_scopes) = 0 THEN v_may ELSE p_scopes END;
    INSERT INTO sammen.program_token (id, tenant_id, client_id, secret_id, token_hash, scopes, expires_at)
    VALUES (gen_random_uuid(), v.tenant_id, v.id, v_secret, p_token, scopes, now() + interval '10 minutes');
    -- Nobody waits for another to note the same time.
    PERFORM 1 FROM sammen.program_secret s WHERE s.id = v_secret FOR UPDATE SKIP LOCKED;
    IF FOUND THEN UPDATE sammen.program_secret s SET last_used_at = now() WHERE s.id = v_secret; END IF;
    PERFORM 1 FROM sammen.program_client c WHERE c.tenant_id = v.tenant_id AND c.id = v.id FOR UPDATE SKIP LOCKED;
    IF FOUND THEN UPDATE sammen.program_client c SET last_used_at = now() WHERE c.tenant_id = v.tenant_id AND c.id = v.id; END IF;
  ELSE
    SELECT c.* INTO v FROM sammen.program_client c WHERE c.id = p_client;
    IF v.id IS NOT NULL THEN
      INSERT INTO sammen.audit_entry (tenant_id, id, category, action, actor_id, actor_name, role, why, object_kind, object_id, request_id)
      VALUES (v.tenant_id, gen_random_uuid(), 'refusal', 'program.token', v.id, v.name, '', '', 'program_client', v.id, p_request);
    END IF;
  END IF;
  RETURN NEXT;
END $$;
--;
-- A refusal to a program, in its municipality's log. Insert only, nothing returned; unknown tokens are nobody's.
CREATE OR REPLACE FUNCTION sammen.program_refused(p_token_hash bytea, p_action text, p_request uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  INSERT INTO sammen.audit_entry (tenant_id, id, category, action, actor_id, actor_name, role, why, request_id)
  SELECT c.tenant_id, gen_random_uuid(), 'refusal', left(p_action, 80), c.id, c.name, '', '', p_request
    FROM sammen.program_token t JOIN sammen.program_client c ON c.tenant_id = t.tenant_id AND c.id = t.client_id
   WHERE t.token_hash = p_token_hash;
END;
--;
-- Who may keep programs: an administrator in their own municipality, asked for by the program itself. Not granted.
CREATE OR REPLACE FUNCTION sammen.program_keeper(p_what text, p_expires bigint, p_proof bytea) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket();
BEGIN
  IF part[2] IS DISTINCT FROM 'municipality' OR NOT string_to_array(part[7], ',') && '{municipality_administrator}' THEN
    RAISE EXCEPTION 'not allowed here' USING ERRCODE = '42501';
  END IF;
  IF NOT sammen.proof_ok(concat_ws('|', 'program', part[3], part[5], p_what), p_expires, p_proof) THEN
    RAISE EXCEPTION 'proof refused' USING ERRCODE = '28000';
  END IF;
  RETURN part[3]::uuid;
END $$;
--;
-- Keep a program, new when there is none with the id. `stale` when it has another version, or is ended; else `kept`.
CREATE OR REPLACE FUNCTION sammen.program_keep(p_id uuid, p_document text, p_version int, p_expires bigint, p_proof bytea) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid := sammen.program_keeper(concat_ws('|', 'keep', p_id::text, encode(sha256(convert_to(p_document, 'UTF8')), 'hex'),
    p_version::text), p_expires, p_proof);
  d sammen.program_client := jsonb_populate_record(NULL::sammen.program_client, p_document::jsonb);
BEGIN
  IF d.valid_to < sammen.norwegian_day() OR d.valid_to > sammen.norwegian_day() + 366 OR EXISTS (
       SELECT 1 FROM unnest(d.networks) AS one WHERE one::cidr IS NULL) THEN
    RAISE EXCEPTION 'not a time for a program' USING ERRCODE = '22023';
  END IF;
  IF p_version = 0 THEN
    INSERT INTO sammen.program_client (tenant_id, id, name, purpose, contact, scopes, networks, valid_to, made_by_name, scopes_by)
    VALUES (v_tenant, p_id, d.name, d.purpose, d.contact, d.scopes, d.networks, d.valid_to, d.made_by_name, sammen.current_user_id());
    RETURN 'kept';
  END IF;
  UPDATE sammen.program_client c SET name = d.name, purpose = d.purpose, contact = d.contact, scopes = d.scopes,
      networks = d.networks, valid_to = d.valid_to, version = c.version + 1, changed_at = now(),
      -- What is taken away must be confirmed anew to come back.
      confirmed_scopes = ARRAY(SELECT unnest(c.confirmed_scopes) INTERSECT SELECT unnest(d.scopes) ORDER BY 1),
      scopes_by = CASE WHEN d.scopes <@ c.scopes THEN c.scopes_by ELSE sammen.current_user_id() END
   WHERE c.tenant_id = v_tenant AND c.id = p_id AND c.version = p_version AND c.ended_at IS NULL;
  RETURN CASE WHEN FOUND THEN 'kept' ELSE 'stale' END;
END $$;
--;
-- What one administrator has let a program do is confirmed by another, or by the manager. `confirmed`; `self` for who gave it;
-- `stale` when it has another version, or is ended.
CREATE OR REPLACE FUNCTION sammen.program_confirm(p_client uuid, p_version int, p_by text, p_expires bigint, p_proof bytea) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket(); v sammen.program_client;
BEGIN
  IF part[2] IS DISTINCT FROM 'municipality' OR NOT string_to_array(part[7], ',') && '{municipality_administrator,manager}' THEN
    RAISE EXCEPTION 'not allowed here' USING ERRCODE = '42501';
  END IF;
  IF NOT sammen.proof_ok(concat_ws('|', 'program', part[3], part[5], 'confirm', p_client::text, p_version::text), p_expires, p_proof) THEN
    RAISE EXCEPTION 'proof refused' USING ERRCODE = '28000';
  END IF;
  SELECT c.* INTO v FROM sammen.program_client c WHERE c.tenant_id = part[3]::uuid AND c.id = p_client FOR UPDATE;
  IF v.id IS NULL OR v.version <> p_version OR v.ended_at IS NOT NULL THEN RETURN 'stale'; END IF;
  IF v.scopes_by IS NULL OR v.scopes_by = part[5]::uuid THEN RETURN 'self'; END IF;
  UPDATE sammen.program_client c SET confirmed_scopes = c.scopes, confirmed_by_name = left(p_by, 200), confirmed_at = now(),
      version = c.version + 1, changed_at = now() WHERE c.tenant_id = v.tenant_id AND c.id = v.id;
  RETURN 'confirmed';
END $$;
--;
-- A new secret for an open program; at most two are open, and the eldest goes when there were two. False: no such program.
CREATE OR REPLACE FUNCTION sammen.program_secret_new(p_client uuid, p_hash bytea, p_by text, p_expires bigint, p_proof bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.program_keeper(concat_ws('|', 'secret', p_client::text, encode(p_hash, 'hex')), p_expires, p_proof);
BEGIN
  PERFORM 1 FROM sammen.program_client c WHERE c.tenant_id = v_tenant AND c.id = p_client AND c.ended_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE sammen.program_secret s SET ended_at = now()
   WHERE s.tenant_id = v_tenant AND s.client_id = p_client AND s.ended_at IS NULL AND s.id NOT IN (
     SELECT n.id FROM sammen.program_secret n WHERE n.tenant_id = v_tenant AND n.client_id = p_client AND n.ended_at IS NULL
      ORDER BY n.made_at DESC, n.id LIMIT 1);
  INSERT INTO sammen.program_secret (id, tenant_id, client_id, hash, made_by_name)
  VALUES (gen_random_uuid(), v_tenant, p_client, p_hash, left(p_by, 200));
  RETURN true;
END $$;
--;
-- End one secret of a program, or (without one) the program with all it has: its tokens are nothing from that moment.
CREATE OR REPLACE FUNCTION sammen.program_end(p_client uuid, p_secret uuid, p_by text, p_expires bigint, p_proof bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.program_keeper(concat_ws('|', 'end', p_client::text, coalesce(p_secret::text, '')), p_expires, p_proof);
BEGIN
  IF p_secret IS NOT NULL THEN
    UPDATE sammen.program_secret s SET ended_at = now()
     WHERE s.tenant_id = v_tenant AND s.client_id = p_client AND s.id = p_secret AND s.ended_at IS NULL;
    RETURN FOUND;
  END IF;
  UPDATE sammen.program_client c SET ended_at = now(), ended_by_name = left(p_by, 200), version = c.version + 1, changed_at = now()
   WHERE c.tenant_id = v_tenant AND c.id = p_client AND c.ended_at IS NULL;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE sammen.program_secret s SET ended_at = now() WHERE s.tenant_id = v_tenant AND s.client_id = p_client AND s.ended_at IS NULL;
  RETURN true;
END $$;
--;
-- A program's secrets as its municipality's administrator sees them: when and by whom, never what.
CREATE OR REPLACE FUNCTION sammen.program_secrets(p_client uuid)
RETURNS TABLE (id uuid, made_at timestamptz, made_by_name text, ended_at timestamptz, last_used_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket();
BEGIN
  IF part[2] IS DISTINCT FROM 'municipality' OR NOT string_to_array(part[7], ',') && '{municipality_administrator}' THEN RETURN; END IF;
  RETURN QUERY SELECT s.id, s.made_at, s.made_by_name, s.ended_at, s.last_used_at FROM sammen.program_secret s
   WHERE s.tenant_id = part[3]::uuid AND s.client_id = p_client ORDER BY s.made_at DESC, s.id LIMIT 20;
END $$;
--;
-- Logging in and out ----------------------------------------------------------------------------------------------
-- The hash goes to the program, which alone can do argon2; every look-up of an unknown or locked address looks alike.
-- The proof keeps hashes from an injected statement.
CREATE OR REPLACE FUNCTION sammen.login_lookup(p_email text, p_expires bigint, p_proof bytea)
RETURNS TABLE (user_id uuid, password_hash text, locked boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT sammen.proof_ok('lookup|' || p_email, p_expires, p_proof) THEN
    RAISE EXCEPTION 'look-up proof refused' USING ERRCODE = '28000';
  END IF;
  RETURN QUERY SELECT u.id, u.password_hash, coalesce(u.locked_until > now(), false)
    FROM sammen.user_account u WHERE u.email = lower(p_email) AND u.disabled_at IS NULL;
END $$;
--;
-- Counts a failed login: the fifth in a row locks for fifteen minutes. Also writes the system trail.
CREATE OR REPLACE FUNCTION sammen.login_failed(p_email text, p_request uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_user uuid;
BEGIN
  UPDATE sammen.user_account u SET failed_logins = u.failed_logins + 1,
         locked_until = CASE WHEN u.failed_logins + 1 >= 5 THEN now() + interval '15 minutes' ELSE u.locked_until END
   WHERE u.email = lower(p_email) RETURNING u.id INTO v_user;
  INSERT INTO sammen.system_audit_entry (id, category, action, actor_id, actor_name, role, why, request_id)
  VALUES (gen_random_uuid(), 'refusal', 'login.failed', v_user, '', '', 'wrong address or password', p_request);
END $$;
--;
-- The session's row and the trail's. Not granted: whoever calls it has seen a proof.
CREATE OR REPLACE FUNCTION sammen.begin_session(p_user uuid, p_token_hash bytea, p_device text, p_request uuid,
  p_method text, p_assurance text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE sammen.user_account u SET failed_logins = 0, locked_until = NULL WHERE u.id = p_user AND u.disabled_at IS NULL;
  IF NOT FOUND THEN RAISE EXCEPTION 'no such user' USING ERRCODE = '28000'; END IF;
  INSERT INTO sammen.web_session (id, token_hash, user_id, expires_at, device, method, assurance)
  VALUES (gen_random_uuid(), p_token_hash, p_user, now() + interval '12 hours', left(p_device, 120), p_method, p_assurance);
  INSERT INTO sammen.system_audit_entry (id, category, action, actor_id, actor_name, role, why, request_id)
  SELECT gen_random_uuid(), 'change', 'login', u.id, u.display_name, '', p_method, p_request FROM sammen.user_account u WHERE u.id = p_user;
END $$;
--;
-- A session of the weakest level: what a program one version older knows how to begin.
CREATE OR REPLACE FUNCTION sammen.start_session(p_user uuid, p_token_hash bytea, p_device text, p_request uuid,
  p_expires bigint, p_proof bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT sammen.proof_ok(concat_ws('|', 'login', p_user::text, encode(p_token_hash, 'hex')), p_expires, p_proof) THEN
    RAISE EXCEPTION 'login proof refused' USING ERRCODE = '28000';
  END IF;
  PERFORM sammen.begin_session(p_user, p_token_hash, p_device, p_request, 'password', 'password');
END $$;
--;
-- A session of a level, begun in a way (policy/assurance.py). True when it is on a kind of device that the person has
-- been logged in on before, or is their first: nothing to tell them of.
CREATE OR REPLACE FUNCTION sammen.open_session(p_user uuid, p_token_hash bytea, p_device text, p_request uuid,
  p_method text, p_assurance text, p_expires bigint, p_proof bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_known boolean;
BEGIN
  IF NOT sammen.proof_ok(concat_ws('|', 'session', p_user::text, encode(p_token_hash, 'hex'), p_method, p_assurance),
       p_expires, p_proof) THEN
    RAISE EXCEPTION 'login proof refused' USING ERRCODE = '28000';
  END IF;
  SELECT count(*) = 0 OR count(*) FILTER (WHERE w.device = left(p_device, 120)) > 0 INTO v_known
    FROM sammen.web_session w WHERE w.user_id = p_user;
  PERFORM sammen.begin_session(p_user, p_token_hash, p_device, p_request, p_method, p_assurance);
  RETURN v_known;
END $$;
--;
-- Logging in through others ---------------------------------------------------------------------------------------
-- Providers that the login page shows for a municipality (NULL: those that are nobody's own). Public.
CREATE OR REPLACE FUNCTION sammen.login_providers(p_slug text)
RETURNS TABLE (code text, name text, audience text, place text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT p.code, p.name, p.audience, coalesce(m.slug, '')
    FROM sammen.identity_provider p LEFT JOIN sammen.municipality m ON m.id = p.municipality_id
   WHERE p.enabled AND (p.municipality_id IS NULL OR m.slug = p_slug)
   ORDER BY p.audience DESC, p.municipality_id IS NULL, p.name;
END $$;
--;
-- The municipality whose provider takes a work e-mail's domain. Says nothing of anybody: the domain is the provider's.
CREATE OR REPLACE FUNCTION sammen.login_domain(p_domain text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (SELECT m.slug FROM sammen.identity_provider p JOIN sammen.municipality m ON m.id = p.municipality_id
         WHERE p.enabled AND lower(p_domain) = ANY(p.domains) ORDER BY m.slug LIMIT 1);
--;
-- All that is registered of a provider, with its sealed secrets, newest first; a running login needs it.
CREATE OR REPLACE FUNCTION sammen.oidc_provider(p_code text, p_expires bigint, p_proof bytea)
RETURNS TABLE (id uuid, code text, name text, audience text, municipality_id uuid, issuer text, client_id text,
  auth_method text, scopes text, level_claim text, levels jsonb, base_level text, person_claim text, max_age int,
  session_seconds int, secrets bytea[], kids text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT sammen.proof_ok('oidc.provider|' || p_code, p_expires, p_proof) THEN
    RAISE EXCEPTION 'provider proof refused' USING ERRCODE = '28000';
  END IF;
  RETURN QUERY SELECT p.id, p.code, p.name, p.audience, p.municipality_id, p.issuer, p.client_id, p.auth_method,
      p.scopes, p.level_claim, p.levels, p.base_level, p.person_claim, p.max_age, p.session_seconds,
      coalesce(array_agg(s.sealed ORDER BY s.created_at DESC, s.id DESC) FILTER (WHERE s.id IS NOT NULL), '{}'),
      coalesce(array_agg(s.kid ORDER BY s.created_at DESC, s.id DESC) FILTER (WHERE s.id IS NOT NULL), '{}')
    FROM sammen.identity_provider p
    LEFT JOIN sammen.provider_secret s ON s.provider_id = p.id AND s.retired_at IS NULL
   WHERE p.code = p_code AND p.enabled GROUP BY p.id;
END $$;
--;
-- Uses what is good for one use. True the first time, false ever after; two at once: one true.
CREATE OR REPLACE FUNCTION sammen.oidc_spend(p_hash bytea, p_seconds int, p_expires bigint, p_proof bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_seconds < 1 OR p_seconds > 86400
     OR NOT sammen.proof_ok(concat_ws('|', 'oidc.spend', encode(p_hash, 'hex'), p_seconds::text), p_expires, p_proof) THEN
    RAISE EXCEPTION 'spending proof refused' USING ERRCODE = '28000';
  END IF;
  INSERT INTO sammen.spent_token (id, hash, expires_at)
  VALUES (gen_random_uuid(), p_hash, now() + make_interval(secs => p_seconds)) ON CONFLICT (hash) DO NOTHING;
  RETURN FOUND;
END $$;
--;
-- The account behind what a provider vouched for. An employee: whom a person linked. A citizen: the person with that
-- national number in the municipality they came to, when it has let them in to their own pages. Not granted.
CREATE OR REPLACE FUNCTION sammen.oidc_account(p_provider uuid, p_subject text, p_number bytea, p_municipality uuid,
  OUT o_user uuid, OUT o_bound uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v sammen.identity_provider; v_day date := sammen.norwegian_day();
BEGIN
  SELECT * INTO v FROM sammen.identity_provider p WHERE p.id = p_provider AND p.enabled;
  IF NOT FOUND THEN RETURN; END IF;
  IF v.audience = 'employees' THEN
    SELECT l.user_id, l.municipality_id INTO o_user, o_bound FROM sammen.linked_identity l
      JOIN sammen.user_account u ON u.id = l.user_id AND u.disabled_at IS NULL
     WHERE l.provider_id = v.id AND l.subject = p_subject;
    RETURN;
  END IF;
  IF p_number IS NULL OR p_municipality IS NULL OR v.municipality_id IS DISTINCT FROM p_municipality
     AND v.municipality_id IS NOT NULL THEN
    RETURN;
  END IF;
  SELECT u.id, p_municipality INTO o_user, o_bound FROM sammen.person n
    JOIN sammen.user_account u ON u.id = n.user_id AND u.disabled_at IS NULL
   WHERE n.tenant_id = p_municipality AND n.number_hash = p_number AND n.merged_into IS NULL AND n.died_on IS NULL
     AND EXISTS (SELECT 1 FROM sammen.membership b WHERE b.user_id = u.id AND b.kind = 'own'
       AND b.municipality_id = p_municipality AND b.valid_from <= v_day AND (b.valid_to IS NULL OR b.valid_to >= v_day));
END $$;
--;
-- A session for whom a provider vouched for; the browser's session before it ends. NULL: no account is linked.
CREATE OR REPLACE FUNCTION sammen.oidc_sign_in(p_provider uuid, p_subject text, p_number bytea, p_municipality uuid,
  p_token_hash bytea, p_assurance text, p_sid text, p_id_token bytea, p_seconds int, p_device text, p_before bytea,
  p_request uuid, p_expires bigint, p_proof bytea) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_user uuid; v_bound uuid;
BEGIN
  IF NOT sammen.proof_ok(concat_ws('|', 'oidc.in', p_provider::text, encode(sha256(convert_to(p_subject, 'UTF8')), 'hex'),
       coalesce(encode(p_number, 'hex'), ''), coalesce(p_municipality::text, ''), encode(p_token_hash, 'hex'), p_assurance,
       p_seconds::text), p_expires, p_proof) THEN
    RAISE EXCEPTION 'login proof refused' USING ERRCODE = '28000';
  END IF;
  SELECT a.o_user, a.o_bound INTO v_user, v_bound
    FROM sammen.oidc_account(p_provider, p_subject, p_number, p_municipality) a;
  IF v_user IS NULL THEN RETURN NULL; END IF;
  UPDATE sammen.web_session w SET ended_at = now() WHERE w.token_hash = p_before AND w.ended_at IS NULL;
  INSERT INTO sammen.web_session (id, token_hash, user_id, expires_at, device, assurance, method, provider_id, provider_sid,
      provider_subject, id_token, bound_to)
  VALUES (gen_random_uuid(), p_token_hash, v_user, now() + make_interval(secs => least(p_seconds, 43200)),
      left(p_device, 120), p_assurance, 'oidc', p_provider, nullif(p_sid, ''), p_subject, p_id_token, v_bound);
  UPDATE sammen.linked_identity l SET last_used_at = now() WHERE l.provider_id = p_provider AND l.subject = p_subject;
  INSERT INTO sammen.system_audit_entry (id, category, action, actor_id, actor_name, role, why, details, request_id)
  SELECT gen_random_uuid(), 'change', 'login', u.id, u.display_name, '', '',
         jsonb_build_object('provider', (SELECT p.code FROM sammen.identity_provider p WHERE p.id = p_provider),
                            'assurance', p_assurance), p_request
    FROM sammen.user_account u WHERE u.id = v_user;
  RETURN v_user;
END $$;
--;
-- A login through others that came to nothing: by what kind of fault, and no word of whom. Sixty an hour of each kind.
CREATE OR REPLACE FUNCTION sammen.oidc_refused(p_provider text, p_fault text, p_request uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_code text; v_fault text := left(p_fault, 40);
BEGIN
  SELECT p.code INTO v_code FROM sammen.identity_provider p WHERE p.code = p_provider;
  -- Anybody may come back from nowhere as often as they like: sixty an hour of a kind tell as much as a million.
  IF v_code IS NULL OR NOT sammen.account_let_in(sha256(convert_to(v_code || '|' || v_fault, 'UTF8')), 'oidc.refused', 60, 1) THEN
    RETURN;
  END IF;
  INSERT INTO sammen.system_audit_entry (id, category, action, actor_name, role, why, details, request_id)
  VALUES (gen_random_uuid(), 'refusal', 'login.provider_refused', '', '', '',
    jsonb_build_object('provider', v_code, 'fault', v_fault), p_request);
END $$;
--;
-- Somebody no account is linked to asks to be. Their code replaces the one they had.
CREATE OR REPLACE FUNCTION sammen.oidc_ask(p_provider uuid, p_subject text, p_name text, p_email text,
  p_municipality uuid, p_code_hash bytea, p_expires bigint, p_proof bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT sammen.proof_ok(concat_ws('|', 'oidc.ask', p_provider::text, encode(sha256(convert_to(p_subject, 'UTF8')), 'hex'),
       coalesce(p_municipality::text, ''), encode(p_code_hash, 'hex')), p_expires, p_proof) THEN
    RAISE EXCEPTION 'request proof refused' USING ERRCODE = '28000';
  END IF;
  INSERT INTO sammen.link_request (id, provider_id, subject, name, email, municipality_id, code_hash, expires_at)
  SELECT gen_random_uuid(), p.id, p_subject, left(p_name, 120), left(p_email, 200),
         coalesce(p.municipality_id, p_municipality), p_code_hash, now() + interval '7 days'
    FROM sammen.identity_provider p WHERE p.id = p_provider AND p.enabled AND p.audience = 'employees'
  ON CONFLICT (provider_id, subject) DO UPDATE SET name = excluded.name, email = excluded.email,
    municipality_id = excluded.municipality_id, code_hash = excluded.code_hash, expires_at = excluded.expires_at;
END $$;
--;
-- The administrator of the municipality one is in now; by role, as policy/roles.py gives `member:write`. Not granted.
CREATE OR REPLACE FUNCTION sammen.administrators_only() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket();
BEGIN
  IF part IS NULL OR part[2] <> 'municipality'
     OR NOT coalesce(string_to_array(part[7], ',') && '{municipality_administrator}', false) THEN
    RAISE EXCEPTION 'not allowed here' USING ERRCODE = '42501';
  END IF;
END $$;
--;
-- Who asks, by the code they were shown: for the administrator of the municipality they came to.
CREATE OR REPLACE FUNCTION sammen.link_request_of(p_code_hash bytea)
RETURNS TABLE (provider text, subject text, name text, email text, expires_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.administrators_only();
  RETURN QUERY SELECT p.name, q.subject, q.name, q.email, q.expires_at FROM sammen.link_request q
    JOIN sammen.identity_provider p ON p.id = q.provider_id AND p.enabled
   WHERE q.code_hash = p_code_hash AND q.expires_at > now() AND q.municipality_id = sammen.current_tenant();
END $$;
--;
-- Links. `linked`; `none` when there is no such request; `own` for one's own account; `stranger` for who has no role
-- here; `taken` when the account has another identity at the provider, or the identity another account.
CREATE OR REPLACE FUNCTION sammen.link_identity(p_code_hash bytea, p_user uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v sammen.link_request; v_day date := sammen.norwegian_day();
BEGIN
  PERFORM sammen.administrators_only();
  IF p_user = sammen.current_user_id() THEN RETURN 'own'; END IF;
  SELECT q.* INTO v FROM sammen.link_request q JOIN sammen.identity_provider p ON p.id = q.provider_id AND p.enabled
   WHERE q.code_hash = p_code_hash AND q.expires_at > now() AND q.municipality_id = sammen.current_tenant() FOR UPDATE OF q;
  IF NOT FOUND THEN RETURN 'none'; END IF;
  IF NOT EXISTS (SELECT 1 FROM sammen.membership b JOIN sammen.user_account u ON u.id = b.user_id AND u.disabled_at IS NULL
      WHERE b.user_id = p_user AND b.kind = 'municipality' AND b.municipality_id = sammen.current_tenant()
        AND b.valid_from <= v_day AND (b.valid_to IS NULL OR b.valid_to >= v_day)) THEN
    RETURN 'stranger';
  END IF;
  INSERT INTO sammen.linked_identity (id, provider_id, subject, user_id, municipality_id, name, linked_by)
  VALUES (gen_random_uuid(), v.provider_id, v.subject, p_user, sammen.current_tenant(), v.name, sammen.current_user_id()::text)
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN RETURN 'taken'; END IF;
  DELETE FROM sammen.link_request q WHERE q.id = v.id;
  RETURN 'linked';
END $$;
--;
-- Identities that this municipality has linked, with the account's name.
CREATE OR REPLACE FUNCTION sammen.linked_identities()
RETURNS TABLE (id uuid, user_id uuid, user_name text, provider text, subject text, name text, created_at timestamptz,
               last_used_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.administrators_only();
  RETURN QUERY SELECT l.id, u.id, u.display_name, p.name, l.subject, l.name, l.created_at, l.last_used_at
    FROM sammen.linked_identity l JOIN sammen.user_account u ON u.id = l.user_id
    JOIN sammen.identity_provider p ON p.id = l.provider_id
   WHERE l.municipality_id = sammen.current_tenant() ORDER BY u.display_name, p.name;
END $$;
--;
-- Unlinks, and ends the sessions that came by it. Whose account it was, or nothing.
CREATE OR REPLACE FUNCTION sammen.unlink_identity(p_id uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v sammen.linked_identity;
BEGIN
  PERFORM sammen.administrators_only();
  DELETE FROM sammen.linked_identity l WHERE l.id = p_id AND l.municipality_id = sammen.current_tenant() RETURNING * INTO v;
  IF NOT FOUND THEN RETURN NULL; END IF;
  UPDATE sammen.web_session w SET ended_at = now(), id_token = NULL
   WHERE w.provider_id = v.provider_id AND w.provider_subject = v.subject AND w.ended_at IS NULL;
  RETURN v.user_id;
END $$;
--;
-- The provider says that somebody has logged out there: by its session, by the person, or both. How many ended here.
CREATE OR REPLACE FUNCTION sammen.oidc_logout(p_provider uuid, p_sid text, p_subject text, p_request uuid,
  p_expires bigint, p_proof bytea) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_ended int;
BEGIN
  IF p_sid || p_subject = '' OR NOT sammen.proof_ok(concat_ws('|', 'oidc.out', p_provider::text,
       encode(sha256(convert_to(p_sid || '|' || p_subject, 'UTF8')), 'hex')), p_expires, p_proof) THEN
    RAISE EXCEPTION 'logout proof refused' USING ERRCODE = '28000';
  END IF;
  UPDATE sammen.web_session w SET ended_at = now(), id_token = NULL
   WHERE w.provider_id = p_provider AND w.ended_at IS NULL AND (p_sid = '' OR w.provider_sid = p_sid)
     AND (p_subject = '' OR w.provider_subject = p_subject);
  GET DIAGNOSTICS v_ended = ROW_COUNT;
  IF v_ended > 0 THEN
    INSERT INTO sammen.system_audit_entry (id, category, action, actor_name, role, why, details, request_id)
    SELECT gen_random_uuid(), 'change', 'logout.by_provider', '', '', '',
           jsonb_build_object('provider', p.code, 'ended', v_ended), p_request
      FROM sammen.identity_provider p WHERE p.id = p_provider;
  END IF;
  RETURN v_ended;
END $$;
--;
-- A session's provider, for stepping up (a running session) and for logging out there (one that has just ended: what is
-- shown to the provider is given out once).
CREATE OR REPLACE FUNCTION sammen.oidc_session(p_token_hash bytea, p_ended boolean, p_expires bigint, p_proof bytea)
RETURNS TABLE (provider text, place text, id_token bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v sammen.web_session;
BEGIN
  IF NOT sammen.proof_ok(concat_ws('|', 'oidc.session', encode(p_token_hash, 'hex'), p_ended::text), p_expires, p_proof) THEN
    RAISE EXCEPTION 'session proof refused' USING ERRCODE = '28000';
  END IF;
  SELECT * INTO v FROM sammen.web_session w WHERE w.token_hash = p_token_hash AND w.provider_id IS NOT NULL
     AND CASE WHEN p_ended THEN w.ended_at > now() - interval '5 minutes' ELSE w.ended_at IS NULL AND w.expires_at > now() END
     FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  IF p_ended THEN UPDATE sammen.web_session w SET id_token = NULL WHERE w.id = v.id; END IF;
  RETURN QUERY SELECT p.code, coalesce(m.slug, ''), CASE WHEN p_ended THEN v.id_token END
    FROM sammen.identity_provider p LEFT JOIN sammen.municipality m ON m.id = v.bound_to
   WHERE p.id = v.provider_id AND p.enabled;
END $$;
--;
-- Whether the session one is in came by a provider.
CREATE OR REPLACE FUNCTION sammen.came_by_provider() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN EXISTS (SELECT 1 FROM sammen.web_session w WHERE w.id = sammen.current_session() AND w.provider_id IS NOT NULL);
--;
-- Registers a provider, disabled. Called by the operator's page through the next one, and at the command line. Not granted.
CREATE OR REPLACE FUNCTION sammen.provider_add(p jsonb) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_id uuid := gen_random_uuid();
BEGIN
  INSERT INTO sammen.identity_provider (id, code, name, audience, municipality_id, issuer, client_id, auth_method, scopes,
      level_claim, levels, base_level, person_claim, domains, max_age, session_seconds)
  VALUES (v_id, p ->> 'code', p ->> 'name', p ->> 'audience', (p ->> 'municipality_id')::uuid, p ->> 'issuer',
      p ->> 'client_id', p ->> 'auth_method', p ->> 'scopes', p ->> 'level_claim', p -> 'levels', p ->> 'base_level',
      p ->> 'person_claim', ARRAY(SELECT lower(jsonb_array_elements_text(p -> 'domains'))), (p ->> 'max_age')::int,
      (p ->> 'session_seconds')::int);
  RETURN v_id;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.operations_provider_add(p_document text, p_request uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_id uuid;
BEGIN
  PERFORM sammen.operator_only();
  v_id := sammen.provider_add(p_document::jsonb);
  PERFORM sammen.provider_told(v_id, 'provider.added', p_request);
  RETURN v_id;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.provider_told(p_id uuid, p_action text, p_request uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO sammen.system_audit_entry (id, category, action, actor_id, actor_name, role, why, object_id, details, request_id)
  SELECT gen_random_uuid(), 'change', p_action, u.id, u.display_name, 'operator', '', p.id,
         jsonb_build_object('provider', p.code), p_request
    FROM sammen.identity_provider p, sammen.user_account u WHERE p.id = p_id AND u.id = sammen.current_user_id();
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.operations_providers()
RETURNS TABLE (id uuid, code text, name text, audience text, place text, issuer text, client_id text, auth_method text,
               enabled boolean, secrets int, newest timestamptz, last_login timestamptz, refused_today int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.operator_only();
  RETURN QUERY SELECT p.id, p.code, p.name, p.audience, coalesce(m.name, ''), p.issuer, p.client_id, p.auth_method, p.enabled,
      (SELECT count(*)::int FROM sammen.provider_secret s WHERE s.provider_id = p.id AND s.retired_at IS NULL),
      (SELECT max(s.created_at) FROM sammen.provider_secret s WHERE s.provider_id = p.id AND s.retired_at IS NULL),
      (SELECT max(w.created_at) FROM sammen.web_session w WHERE w.provider_id = p.id),
      (SELECT count(*)::int FROM sammen.system_audit_entry e WHERE e.action = 'login.provider_refused'
          AND e.details ->> 'provider' = p.code AND e.at > now() - interval '1 day')
    FROM sammen.identity_provider p LEFT JOIN sammen.municipality m ON m.id = p.municipality_id ORDER BY p.name;
END $$;
--;
-- Opens or closes a provider; closing one ends every session that came by it. False when there is no such provider, or no
-- secret to open it with.
CREATE OR REPLACE FUNCTION sammen.operations_provider_switch(p_code text, p_on boolean, p_request uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_id uuid;
BEGIN
  PERFORM sammen.operator_only();
  UPDATE sammen.identity_provider p SET enabled = p_on WHERE p.code = p_code AND (NOT p_on OR EXISTS (
    SELECT 1 FROM sammen.provider_secret s WHERE s.provider_id = p.id AND s.retired_at IS NULL)) RETURNING p.id INTO v_id;
  IF NOT FOUND THEN RETURN false; END IF;
  IF NOT p_on THEN
    UPDATE sammen.web_session w SET ended_at = now(), id_token = NULL WHERE w.provider_id = v_id AND w.ended_at IS NULL;
  END IF;
  PERFORM sammen.provider_told(v_id, CASE WHEN p_on THEN 'provider.enabled' ELSE 'provider.disabled' END, p_request);
  RETURN true;
END $$;
--;
-- A new secret beside the one before it; older ones are retired. With no secret: retires all but the newest.
CREATE OR REPLACE FUNCTION sammen.operations_provider_secret(p_provider uuid, p_sealed bytea, p_kid text, p_request uuid)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.operator_only();
  PERFORM sammen.provider_secret_set(p_provider, p_sealed, p_kid);
  PERFORM sammen.provider_told(p_provider, CASE WHEN p_sealed IS NULL THEN 'provider.secret_retired'
    ELSE 'provider.secret_added' END, p_request);
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.provider_secret_set(p_provider uuid, p_sealed bytea, p_kid text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM 1 FROM sammen.identity_provider p WHERE p.id = p_provider FOR UPDATE;
  UPDATE sammen.provider_secret s SET retired_at = now() WHERE s.provider_id = p_provider AND s.retired_at IS NULL
     AND s.id <> (SELECT t.id FROM sammen.provider_secret t WHERE t.provider_id = p_provider AND t.retired_at IS NULL
                   ORDER BY t.created_at DESC, t.id DESC LIMIT 1);
  IF p_sealed IS NOT NULL THEN
    INSERT INTO sammen.provider_secret (id, provider_id, sealed, kid, created_at)
    VALUES (gen_random_uuid(), p_provider, p_sealed, p_kid, clock_timestamp());
  END IF;
END $$;
--;
-- The demo's personas; the table's personas are empty outside the demo.
CREATE OR REPLACE FUNCTION sammen.personas() RETURNS TABLE (user_id uuid, display_name text, presentation text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT u.id, u.display_name, u.persona FROM sammen.user_account u
   WHERE u.persona IS NOT NULL AND u.disabled_at IS NULL ORDER BY u.persona_order;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.my_sessions()
RETURNS TABLE (id uuid, created_at timestamptz, last_seen_at timestamptz, device text, current boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT w.id, w.created_at, w.last_seen_at, w.device, w.id = sammen.current_session()
    FROM sammen.web_session w WHERE w.user_id = sammen.current_user_id() AND w.ended_at IS NULL AND w.expires_at > now()
     AND w.last_seen_at > now() - interval '60 minutes' ORDER BY w.last_seen_at DESC;
END $$;
--;
-- The same, with how each began and how surely it is known who it is.
CREATE OR REPLACE FUNCTION sammen.my_logins()
RETURNS TABLE (id uuid, created_at timestamptz, last_seen_at timestamptz, device text, current boolean, method text, assurance text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT s.id, s.created_at, s.last_seen_at, s.device, s.current, w.method, w.assurance
    FROM sammen.my_sessions() s JOIN sammen.web_session w ON w.id = s.id ORDER BY s.last_seen_at DESC;
END $$;
--;
-- Ends one of one's own sessions; without an id the current one. True when there was one to end.
CREATE OR REPLACE FUNCTION sammen.end_session(p_session uuid DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE sammen.web_session w SET ended_at = now()
   WHERE w.id = coalesce(p_session, sammen.current_session()) AND w.user_id = sammen.current_user_id() AND w.ended_at IS NULL;
  RETURN FOUND;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.choose_language(p_language text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  UPDATE sammen.user_account SET language = p_language WHERE id = sammen.current_user_id();
END;
--;
-- A municipality may let a person in to their own pages (/min), and nothing more. Works in its own context only.
CREATE OR REPLACE FUNCTION sammen.grant_own_pages(p_user uuid, p_role text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF sammen.current_kind() IS DISTINCT FROM 'municipality' OR p_role NOT IN ('contact', 'service_user', 'representative') THEN
    RAISE EXCEPTION 'not allowed here' USING ERRCODE = '42501';
  END IF;
  INSERT INTO sammen.membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)
  VALUES (gen_random_uuid(), p_user, 'own', sammen.current_tenant(), p_role, sammen.norwegian_day(),
          coalesce(sammen.current_user_id()::text, 'job'))
  ON CONFLICT DO NOTHING;
END $$;
--;
-- Names of colleagues: users with a staff role here (for "ansvarlig" and four-eyes lists), never anybody else's.
CREATE OR REPLACE FUNCTION sammen.colleagues() RETURNS TABLE (user_id uuid, display_name text, roles text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT u.id, u.display_name, array_agg(DISTINCT b.role)
    FROM sammen.membership b JOIN sammen.user_account u ON u.id = b.user_id
   WHERE ((sammen.current_kind() = 'municipality' AND b.kind = 'municipality' AND b.municipality_id = sammen.current_tenant())
       OR (sammen.current_kind() = 'region' AND b.kind = 'region' AND b.region_id = sammen.current_region()))
     AND u.disabled_at IS NULL AND b.valid_from <= sammen.norwegian_day()
     AND (b.valid_to IS NULL OR b.valid_to >= sammen.norwegian_day())
   GROUP BY u.id, u.display_name ORDER BY u.display_name;
END $$;
--;
-- Idempotency -----------------------------------------------------------------------------------------------------
-- Claims a form's key in the effect's own transaction. NULL: it is yours. A row: it had its effect before.
-- A duplicate under way waits here for the first to finish (lock_timeout decides how long).
CREATE OR REPLACE FUNCTION sammen.claim_key(p_route text, p_key text, p_body bytea)
RETURNS TABLE (same_body boolean, status int, location text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_session uuid := sammen.current_session();
BEGIN
  IF v_session IS NULL THEN RAISE EXCEPTION 'no session' USING ERRCODE = '28000'; END IF;
  INSERT INTO sammen.idempotency_key (id, session_id, route, key, body_hash)
  VALUES (gen_random_uuid(), v_session, p_route, left(p_key, 80), p_body) ON CONFLICT DO NOTHING;
  IF FOUND THEN RETURN; END IF;
  RETURN QUERY SELECT k.body_hash = p_body, k.status, k.location FROM sammen.idempotency_key k
   WHERE k.session_id = v_session AND k.route = p_route AND k.key = left(p_key, 80);
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.settle_key(p_route text, p_key text, p_status int, p_location text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  UPDATE sammen.idempotency_key SET status = p_status, location = p_location
   WHERE session_id = sammen.current_session() AND route = p_route AND key = left(p_key, 80);
END;
--;
-- The trail -------------------------------------------------------------------------------------------------------
-- A refusal is written into the log of the place that was knocked on, whoever knocked; insert only, nothing returned.
CREATE OR REPLACE FUNCTION sammen.record_refusal(p_token_hash bytea, p_kind text, p_slug text, p_action text,
  p_object uuid, p_request uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_user uuid; v_name text; v_tenant uuid; v_region uuid;
BEGIN
  SELECT u.id, u.display_name INTO v_user, v_name FROM sammen.web_session w JOIN sammen.user_account u ON u.id = w.user_id
   WHERE w.token_hash = p_token_hash;
  IF p_kind IN ('municipality', 'own') THEN SELECT m.id INTO v_tenant FROM sammen.municipality m WHERE m.slug = p_slug;
  ELSIF p_kind = 'region' THEN SELECT r.id INTO v_region FROM sammen.region r WHERE r.slug = p_slug; END IF;
  IF v_tenant IS NOT NULL THEN
    INSERT INTO sammen.audit_entry (tenant_id, id, category, action, actor_id, actor_name, role, why, object_id, request_id)
    VALUES (v_tenant, gen_random_uuid(), 'refusal', left(p_action, 80), v_user, coalesce(v_name, ''), '', '', p_object, p_request);
  ELSIF v_region IS NOT NULL THEN
    INSERT INTO sammen.region_audit_entry (region_id, id, category, action, actor_id, actor_name, role, why, object_id, request_id)
    VALUES (v_region, gen_random_uuid(), 'refusal', left(p_action, 80), v_user, coalesce(v_name, ''), '', '', p_object, p_request);
  ELSE
    INSERT INTO sammen.system_audit_entry (id, category, action, actor_id, actor_name, role, why, object_id, request_id)
    VALUES (gen_random_uuid(), 'refusal', left(p_action, 80), v_user, coalesce(v_name, ''), '', '', p_object, p_request);
  END IF;
END $$;
--;
-- What an entry says, in one canonical text; `jsonb::text` is canonical by itself.
CREATE OR REPLACE FUNCTION sammen.entry_text(p_id uuid, p_at timestamptz, p_category text, p_action text, p_actor uuid,
  p_actor_name text, p_role text, p_why text, p_persons uuid[], p_object_kind text, p_object uuid, p_details jsonb,
  p_request uuid) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN jsonb_build_array(p_id, extract(epoch FROM p_at), p_category, p_action, p_actor, p_actor_name, p_role, p_why,
  to_jsonb(p_persons), p_object_kind, p_object, p_details, p_request)::text;
--;
-- The root of a Merkle tree as RFC 6962 has it, over leaves that are hashed already. Not granted.
CREATE OR REPLACE FUNCTION sammen.merkle_root(p_leaves bytea[]) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_level bytea[] := p_leaves; v_next bytea[]; v_at int;
BEGIN
  WHILE cardinality(v_level) > 1 LOOP
    v_next := '{}'; v_at := 1;
    WHILE v_at < cardinality(v_level) LOOP
      v_next := v_next || sha256('\x01'::bytea || v_level[v_at] || v_level[v_at + 1]);
      v_at := v_at + 2;
    END LOOP;
    -- The one that is left over goes up as it is, which gives the same tree as the RFC's split at a power of two.
    IF v_at = cardinality(v_level) THEN v_next := v_next || v_level[v_at]; END IF;
    v_level := v_next;
  END LOOP;
  RETURN v_level[1];
END $$;
--;
-- Seals a chain: numbers what is unsealed, chains digests, fans persons out to the access index, keeps the batch's root.
-- One advisory lock a chain, so that two sealers never give the same number. Returns how many. Not granted.
CREATE OR REPLACE FUNCTION sammen.seal_chain(p_table text, p_owner text, p_scope uuid, p_most int) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_where text := CASE WHEN p_owner IS NULL THEN '$1::uuid IS NOT NULL' ELSE format('%I = $1', p_owner) END;
  v_no bigint; v_from bigint; v_seal bytea; v_count int := 0; v_said bytea; v_leaves bytea[] := '{}'; e record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('sammen.seal.' || p_scope::text, 0));
  SELECT h.seal_no, h.seal INTO v_no, v_seal FROM sammen.audit_head h WHERE h.scope_id = p_scope;
  v_no := coalesce(v_no, 0); v_from := v_no + 1; v_seal := coalesce(v_seal, sha256(convert_to(p_scope::text, 'UTF8')));
  FOR e IN EXECUTE format('SELECT * FROM sammen.%I WHERE %s AND seal_no IS NULL ORDER BY id LIMIT $2', p_table, v_where)
           USING p_scope, p_most LOOP
    v_no := v_no + 1; v_count := v_count + 1;
    v_said := convert_to(v_no::text || '|' || sammen.entry_text(e.id, e.at, e.category, e.action, e.actor_id,
      e.actor_name, e.role, e.why, e.persons, e.object_kind, e.object_id, e.details, e.request_id), 'UTF8');
    v_seal := sha256(v_seal || v_said);
    v_leaves := v_leaves || sha256('\x00'::bytea || v_said);
    EXECUTE format('UPDATE sammen.%I SET seal_no = $2, seal = $3 WHERE %s AND id = $4', p_table, v_where)
      USING p_scope, v_no, v_seal, e.id;
    IF p_owner = 'tenant_id' AND cardinality(e.persons) > 0 THEN
      INSERT INTO sammen.access_index (tenant_id, id, person_id, entry_id, at)
      SELECT p_scope, gen_random_uuid(), p, e.id, e.at FROM unnest(e.persons) p ON CONFLICT DO NOTHING;
    END IF;
  END LOOP;
  IF v_count > 0 THEN
    INSERT INTO sammen.audit_head (id, scope_id, seal_no, seal, sealed_at) VALUES (gen_random_uuid(), p_scope, v_no, v_seal, now())
    ON CONFLICT (scope_id) DO UPDATE SET seal_no = excluded.seal_no, seal = excluded.seal, sealed_at = excluded.sealed_at;
    INSERT INTO sammen.audit_root (id, scope_id, from_no, to_no, root, head, made_at)
    VALUES (gen_random_uuid(), p_scope, v_from, v_no, sammen.merkle_root(v_leaves), v_seal, now())
    ON CONFLICT (scope_id, to_no) DO UPDATE SET from_no = excluded.from_no, root = excluded.root, head = excluded.head,
      made_at = excluded.made_at, witnessed_at = NULL;
  END IF;
  RETURN v_count;
END $$;
--;
-- Seals what is unsealed in the current place.
CREATE OR REPLACE FUNCTION sammen.seal_trail(p_most int DEFAULT 5000) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.current_tenant(); v_region uuid := sammen.current_region();
BEGIN
  IF v_tenant IS NOT NULL THEN RETURN sammen.seal_chain('audit_entry', 'tenant_id', v_tenant, p_most); END IF;
  IF v_region IS NOT NULL THEN RETURN sammen.seal_chain('region_audit_entry', 'region_id', v_region, p_most); END IF;
  RAISE EXCEPTION 'no place' USING ERRCODE = '28000';
END $$;
--;
-- Seals the system's own trail: logins, refusals without a place, what operators and administrators did. It belongs to no
-- place, so it needs no ticket; whoever calls it early has only sealed early.
CREATE OR REPLACE FUNCTION sammen.seal_system(p_most int DEFAULT 5000) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN sammen.seal_chain('system_audit_entry', NULL, '00000000-0000-0000-0000-000000000000', least(p_most, 5000));
END $$;
--;
-- Places that have something to seal, for the visitor job: ids only.
CREATE OR REPLACE FUNCTION sammen.places_to_seal() RETURNS TABLE (kind text, scope_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT 'municipality', m.id FROM sammen.municipality m
    WHERE EXISTS (SELECT 1 FROM sammen.audit_entry a WHERE a.tenant_id = m.id AND a.seal_no IS NULL)
   UNION ALL SELECT 'region', r.id FROM sammen.region r
    WHERE EXISTS (SELECT 1 FROM sammen.region_audit_entry a WHERE a.region_id = r.id AND a.seal_no IS NULL);
END $$;
--;
-- Jobs and operations ---------------------------------------------------------------------------------------------
-- A job's mark, in its effect's own transaction. True: yours, go on. False: it had its effect before. A second
-- delivery under way waits here for the first (lock_timeout decides how long).
CREATE OR REPLACE FUNCTION sammen.claim_job(p_id uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF sammen.current_kind() IS NULL THEN RAISE EXCEPTION 'no context' USING ERRCODE = '28000'; END IF;
  INSERT INTO sammen.job_mark (id) VALUES (p_id) ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $$;
--;
-- Takes away what has had its time, and only that: whoever calls it can hasten nothing.
CREATE OR REPLACE FUNCTION sammen.sweep() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM sammen.idempotency_key WHERE made_at < now() - interval '1 day';
  DELETE FROM sammen.web_session WHERE coalesce(ended_at, expires_at) < now() - interval '30 days';
  DELETE FROM sammen.program_token WHERE expires_at < now() - interval '1 day';
  DELETE FROM sammen.job_log WHERE created < now() - interval '30 days'
    AND NOT EXISTS (SELECT 1 FROM sammen.job_queue q WHERE q.id = job_log.job_id);
  DELETE FROM sammen.job_statistics WHERE created < now() - interval '30 days';
  -- A mark outlives every way its job could come again by itself; one that still waits keeps its mark.
  DELETE FROM sammen.job_mark WHERE done_at < now() - interval '400 days';
  DELETE FROM sammen.sent_code WHERE made_at < now() - interval '2 days';
  DELETE FROM sammen.account_link WHERE expires_at < now() - interval '90 days';
  DELETE FROM sammen.account_notice WHERE made_at < now() - interval '30 days';
  DELETE FROM sammen.account_knock WHERE at < now() - interval '2 days';
  DELETE FROM sammen.second_factor WHERE confirmed_at IS NULL AND made_at < now() - interval '1 day';
  DELETE FROM sammen.form_draft WHERE expires_at < now();
  DELETE FROM sammen.spent_token WHERE expires_at < now();
  -- What is shown to a provider when logging out there; it may hold a national number, sealed.
  UPDATE sammen.web_session SET id_token = NULL
   WHERE id_token IS NOT NULL AND (ended_at < now() - interval '10 minutes' OR expires_at < now());
  DELETE FROM sammen.link_request WHERE expires_at < now();
  DELETE FROM sammen.form_knock WHERE at < now() - interval '1 day';
  DELETE FROM sammen.candidate_application WHERE expires_at < now();
  DELETE FROM sammen.newsletter_signup WHERE expires_at < now();
  DELETE FROM sammen.calendar_submission WHERE expires_at < now();
  DELETE FROM sammen.campaign_knock WHERE at < now() - interval '1 day';
  DELETE FROM sammen.day_card WHERE day < sammen.norwegian_day();
  DELETE FROM sammen.course_knock WHERE at < now() - interval '1 day';
  -- Where a notice went is needed while somebody may ask why it did not come. The mark stays as long as the job's.
  UPDATE sammen.outgoing SET address = '' WHERE state <> 'queued' AND address <> ''
    AND coalesce(sent_at, next_try_at) < now() - interval '30 days';
  DELETE FROM sammen.outgoing WHERE state <> 'queued' AND queued_at < now() - interval '400 days';
END $$;
--;
-- The outbox ------------------------------------------------------------------------------------------------------
-- Municipalities with a notice that has been due for two minutes, for the visitor job: ids only.
CREATE OR REPLACE FUNCTION sammen.places_to_send() RETURNS TABLE (scope_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT m.id FROM sammen.municipality m WHERE EXISTS (SELECT 1 FROM sammen.outgoing o
    WHERE o.tenant_id = m.id AND o.state = 'queued' AND o.next_try_at < now() - interval '2 minutes');
END $$;
--;
-- The version of the tables, for the start of web and worker and for the operator. Not secret.
CREATE OR REPLACE FUNCTION sammen.database_version() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT version_num FROM sammen.alembic_version);
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.operator_only() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF sammen.current_kind() IS DISTINCT FROM 'operations' THEN RAISE EXCEPTION 'not allowed here' USING ERRCODE = '42501'; END IF;
END $$;
--;
-- Notices that have not left, as the operator sees them: how many, by channel and state. No place, no person.
CREATE OR REPLACE FUNCTION sammen.operations_outbox()
RETURNS TABLE (channel text, state text, notices bigint, oldest timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.operator_only();
  RETURN QUERY SELECT o.channel, o.state, count(*), min(o.queued_at) FROM sammen.outgoing o
   WHERE o.state <> 'sent' AND o.queued_at > now() - interval '30 days' OR o.state = 'queued'
   GROUP BY o.channel, o.state ORDER BY o.channel, o.state;
END $$;
--;
-- The queue as the operator sees it: number, name, kind of place, when, and the type of the last error. No arguments,
-- no place, no person.
CREATE OR REPLACE FUNCTION sammen.operations_jobs()
RETURNS TABLE (number bigint, name text, kind text, status text, attempts int, created timestamptz, due timestamptz,
               updated timestamptz, error text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.operator_only();
  RETURN QUERY SELECT q.id, left(q.headers ->> 'name', 80), left(q.headers ->> 'kind', 20), q.status::text, q.attempts,
      q.created, q.execute_after, q.updated,
      (SELECT left(l.traceback ->> 'exception_message', 80) FROM sammen.job_log l
        WHERE l.job_id = q.id AND l.traceback IS NOT NULL ORDER BY l.id DESC LIMIT 1)
    FROM sammen.job_queue q ORDER BY (q.status = 'failed') DESC, q.id DESC LIMIT 200;
END $$;
--;
-- How the whole is doing, for the worker's metrics: counts and ages over all places together, with the program's proof.
CREATE OR REPLACE FUNCTION sammen.pulse(p_expires bigint, p_proof bytea)
RETURNS TABLE (name text, label text, value double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT sammen.proof_ok('pulse', p_expires, p_proof) THEN
    RAISE EXCEPTION 'proof refused' USING ERRCODE = '28000';
  END IF;
  RETURN QUERY
    SELECT 'waiting', '', count(*)::double precision FROM sammen.job_queue q WHERE q.status IN ('queued', 'picked')
    UNION ALL SELECT 'dead', '', count(*) FROM sammen.job_queue q WHERE q.status = 'failed'
    UNION ALL SELECT 'oldest_job', '', coalesce(greatest(0, extract(epoch FROM clock_timestamp() - min(q.execute_after))), 0)
      FROM sammen.job_queue q WHERE q.status = 'queued' AND q.execute_after <= clock_timestamp()
    UNION ALL SELECT 'oldest_unsealed', '', coalesce(greatest(0, extract(epoch FROM clock_timestamp() - min(e.at))), 0)
      FROM (SELECT a.at FROM sammen.audit_entry a WHERE a.seal_no IS NULL
            UNION ALL SELECT r.at FROM sammen.region_audit_entry r WHERE r.seal_no IS NULL) e
    UNION ALL SELECT 'notices', o.channel, count(*) FROM sammen.outgoing o WHERE o.state = 'queued' GROUP BY o.channel;
END $$;
--;
-- Work that people wait for, as counts by place and state: no titles, no messages.
CREATE OR REPLACE FUNCTION sammen.operations_tasks()
RETURNS TABLE (place text, state text, tasks bigint, oldest timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.operator_only();
  RETURN QUERY SELECT m.name, t.state, count(*), min(t.created_at) FROM sammen.task t
      JOIN sammen.municipality m ON m.id = t.tenant_id WHERE t.state <> 'done' GROUP BY m.name, t.state
    UNION ALL SELECT r.name, t.state, count(*), min(t.created_at) FROM sammen.region_task t
      JOIN sammen.region r ON r.id = t.region_id WHERE t.state <> 'done' GROUP BY r.name, t.state
    ORDER BY 1, 2;
END $$;
--;
-- Gives a dead letter its tries back, unless its like waits already. True when there was one. Who did it is kept in the system's trail.
CREATE OR REPLACE FUNCTION sammen.operations_retry_job(p_number bigint, p_request uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.operator_only();
  BEGIN
    UPDATE sammen.job_queue q SET status = 'queued', attempts = 0, execute_after = now(), updated = now(),
           queue_manager_id = NULL WHERE q.id = p_number AND q.status = 'failed';
    IF NOT FOUND THEN RETURN false; END IF;
  EXCEPTION WHEN unique_violation THEN
    -- One with the same mark waits already, and does the same: this one is not needed any more.
    DELETE FROM sammen.job_queue q WHERE q.id = p_number AND q.status = 'failed';
  END;
  INSERT INTO sammen.job_log (job_id, status, priority, entrypoint) VALUES (p_number, 'queued', 0, 'sammen');
  INSERT INTO sammen.system_audit_entry (id, category, action, actor_id, actor_name, role, why, details, request_id)
  SELECT gen_random_uuid(), 'change', 'job.retried', u.id, u.display_name, 'operator', '',
         jsonb_build_object('job', p_number), p_request FROM sammen.user_account u WHERE u.id = sammen.current_user_id();
  RETURN true;
END $$;
--;
-- Courses ---------------------------------------------------------------------------------------------------------
-- Whether who asks may see a course: in the region what is laid out, all of it for those who keep its courses; in a
-- municipality its own, and what is laid out to the regions it is a member of today. Not granted.
CREATE OR REPLACE FUNCTION sammen.sees_course(p_region uuid, p_host uuid, p_reach text, p_state text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid := sammen.current_tenant();
  v_day date := sammen.norwegian_day();
BEGIN
  IF v_tenant IS NULL THEN
    RETURN coalesce(p_region = sammen.current_region()
      AND ((p_state <> 'draft' AND p_reach = 'region') OR sammen.current_courses() IS NOT NULL), false);
  END IF;
  RETURN (coalesce(p_host = v_tenant, false) OR (p_state <> 'draft' AND p_reach = 'region'))
    AND EXISTS (SELECT 1 FROM sammen.region_membership m WHERE m.municipality_id = v_tenant AND m.region_id = p_region
      AND m.valid_from <= v_day AND (m.valid_to IS NULL OR m.valid_to >= v_day));
END $$;
--;
-- What each municipality has in a course: seats (an offer that still stands counts as one), who wait, and seats kept for
-- it until they are released. Not granted.
CREATE OR REPLACE FUNCTION sammen.course_tally(p_region uuid, p_course uuid)
RETURNS TABLE (home_id uuid, used bigint, waits bigint, kept bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT x.home, sum(x.used)::bigint, sum(x.waits)::bigint, sum(x.kept)::bigint FROM (
    SELECT e.home_id AS home, 1 AS used, 0 AS waits, 0 AS kept FROM sammen.enrolment e
     WHERE e.region_id = p_region AND e.course_id = p_course AND e.state = 'enrolled'
    UNION ALL
    SELECT w.home_id, (w.state = 'offered')::int, (w.state = 'waiting')::int, 0 FROM sammen.course_wait w
     WHERE w.region_id = p_region AND w.course_id = p_course AND (w.state = 'waiting' OR (w.state = 'offered' AND w.expires_at > now()))
    UNION ALL
    SELECT q.municipality_id, 0, 0, q.seats FROM sammen.course_quota q
      JOIN sammen.course c ON c.region_id = q.region_id AND c.id = q.course_id
     WHERE q.region_id = p_region AND q.course_id = p_course AND (c.release_on IS NULL OR c.release_on > sammen.norwegian_day())) x
   GROUP BY x.home;
END $$;
--;
-- How many seats a municipality may take now, itself not waiting: what is kept for it and nobody of its own waits for, and
-- the open ones that nobody waits for. NULL as the municipality: what is open to all. Not granted.
CREATE OR REPLACE FUNCTION sammen.course_room(p_region uuid, p_course uuid, p_seats int, p_home uuid) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT greatest(0, least(
      p_seats - coalesce(sum(t.used), 0),
      coalesce(sum(greatest(t.kept - t.used - t.waits, 0)) FILTER (WHERE t.home_id = p_home), 0)
      + greatest(0, p_seats - coalesce(sum(t.used), 0) - coalesce(sum(greatest(t.kept - t.used, 0)), 0)
                    - coalesce(sum(greatest(t.waits - greatest(t.kept - t.used, 0), 0)), 0))))::bigint
    FROM sammen.course_tally(p_region, p_course) t);
END $$;
--;
-- The courses that who asks may see, back to `p_days` days ago, with counts and nobody's name.
CREATE OR REPLACE FUNCTION sammen.course_list(p_days int)
RETURNS TABLE (id uuid, region_id uuid, host_id uuid, host text, title text, kind text, about text, bring text,
               prerequisites text, responsible text, phone text, place text, video boolean, sessions bigint,
               starts_at timestamptz, ends_at timestamptz, seats int, "least" int, min_hours numeric, deadline_on date,
               release_on date, offer_hours int, joint boolean, reach text, state text, cancel_reason text, version int,
               taken bigint, ours bigint, waiting bigint, our_waiting bigint, quota bigint, room bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid := sammen.current_tenant();
BEGIN
  RETURN QUERY SELECT c.id, c.region_id, c.host_id, coalesce(h.name, ''), c.title, c.kind, c.about, c.bring,
      c.prerequisites, c.responsible, c.phone, coalesce(s.place, ''), coalesce(s.video, false), coalesce(s.many, 0),
      c.starts_at, c.ends_at, c.seats, c.least, c.min_hours, c.deadline_on, c.release_on, c.offer_hours, c.joint,
      c.reach, c.state, c.cancel_reason, c.version, coalesce(t.used, 0), coalesce(t.ours, 0), coalesce(t.waits, 0),
      coalesce(t.our_waits, 0), coalesce(t.kept, 0), sammen.course_room(c.region_id, c.id, c.seats, v_tenant)
    FROM sammen.course c
    LEFT JOIN sammen.municipality h ON h.id = c.host_id
    LEFT JOIN LATERAL (
      SELECT count(*) AS many, (array_agg(x.place ORDER BY x.starts_at, x.id))[1] AS place,
             (array_agg(x.link <> '' ORDER BY x.starts_at, x.id))[1] AS video
        FROM sammen.course_session x WHERE x.region_id = c.region_id AND x.course_id = c.id AND x.state = 'planned') s ON true
    LEFT JOIN LATERAL (
      SELECT sum(y.used)::bigint AS used, sum(y.waits)::bigint AS waits,
             (sum(y.used) FILTER (WHERE y.home_id = v_tenant))::bigint AS ours,
             (sum(y.waits) FILTER (WHERE y.home_id = v_tenant))::bigint AS our_waits,
             (sum(y.kept) FILTER (WHERE y.home_id = v_tenant))::bigint AS kept
        FROM sammen.course_tally(c.region_id, c.id) y) t ON true
   WHERE c.ends_at > now() - make_interval(days => p_days)
     AND sammen.sees_course(c.region_id, c.host_id, c.reach, c.state)
   ORDER BY c.starts_at, c.id;
END $$;
--;
-- The sessions of a course, or of all that who asks may see. The video's address is for who has a seat, holds or keeps it.
CREATE OR REPLACE FUNCTION sammen.course_meetings(p_course uuid)
RETURNS TABLE (id uuid, course_id uuid, starts_at timestamptz, ends_at timestamptz, topic text, place text, video boolean,
               link text, trainers text, trainer_ids uuid[], state text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid := sammen.current_tenant();
  v_user uuid := sammen.current_user_id();
BEGIN
  RETURN QUERY SELECT s.id, s.course_id, s.starts_at, s.ends_at, s.topic, s.place, s.link <> '',
      CASE WHEN o.near OR EXISTS (SELECT 1 FROM sammen.enrolment e WHERE e.region_id = c.region_id
             AND e.course_id = c.id AND e.home_id = v_tenant AND e.state = 'enrolled') THEN s.link ELSE '' END,
      s.trainers, CASE WHEN o.near THEN s.trainer_ids WHEN v_user = ANY (s.trainer_ids) THEN ARRAY[v_user] ELSE '{}' END, s.state
    FROM sammen.course_session s
    JOIN sammen.course c ON c.region_id = s.region_id AND c.id = s.course_id
    CROSS JOIN LATERAL (SELECT coalesce(c.host_id = v_tenant OR c.region_id = sammen.current_courses(), false) AS near) o
   WHERE (p_course IS NULL OR c.id = p_course) AND c.ends_at > now() - interval '3 years'
     AND sammen.sees_course(c.region_id, c.host_id, c.reach, c.state)
   ORDER BY s.starts_at, s.id;
END $$;
--;
-- Seats and waiting by municipality, for those who keep the course: its host, and the region's course coordinators.
CREATE OR REPLACE FUNCTION sammen.course_homes(p_course uuid)
RETURNS TABLE (course_id uuid, home_id uuid, home text, used bigint, waits bigint, kept bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT c.id, t.home_id, m.name, t.used, t.waits, t.kept
    FROM sammen.course c CROSS JOIN LATERAL sammen.course_tally(c.region_id, c.id) t JOIN sammen.municipality m ON m.id = t.home_id
   WHERE (p_course IS NULL OR c.id = p_course) AND c.ends_at > now() - interval '3 years'
     AND (c.host_id = sammen.current_tenant() OR c.region_id = sammen.current_courses())
   ORDER BY c.id, m.name;
END $$;
--;
-- The seats of a course, for those who keep it: whose they are, and never who sits in them.
CREATE OR REPLACE FUNCTION sammen.course_seats(p_course uuid) RETURNS TABLE (id uuid, home_id uuid, home text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT e.id, e.home_id, m.name FROM sammen.enrolment e
    JOIN sammen.course c ON c.region_id = e.region_id AND c.id = e.course_id JOIN sammen.municipality m ON m.id = e.home_id
   WHERE e.course_id = p_course AND e.state = 'enrolled'
     AND (c.host_id = sammen.current_tenant() OR c.region_id = sammen.current_courses())
   ORDER BY m.name, e.created_at, e.id;
END $$;
--;
-- Tables of rates that municipalities share in the regions this one is a member of today: what is paid, and to nobody by name.
CREATE OR REPLACE FUNCTION sammen.shared_rates()
RETURNS TABLE (id uuid, posted_by uuid, place text, valid_from date, document jsonb, posted_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid := sammen.current_tenant();
  v_day date := sammen.norwegian_day();
BEGIN
  RETURN QUERY SELECT s.id, s.posted_by, p.name, s.valid_from, s.document, s.posted_at
    FROM sammen.shared_rates s JOIN sammen.municipality p ON p.id = s.posted_by
   WHERE s.withdrawn_at IS NULL AND s.region_id IN (
         SELECT m.region_id FROM sammen.region_membership m WHERE m.municipality_id = v_tenant
            AND m.valid_from <= v_day AND (m.valid_to IS NULL OR m.valid_to >= v_day))
   ORDER BY p.name, s.valid_from DESC, s.id;
END $$;
--;
-- A course held for changing its seats, as who asks in a municipality may: its row, or nothing. Not granted.
CREATE OR REPLACE FUNCTION sammen.hold_course(p_course uuid) RETURNS sammen.course
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_course sammen.course;
BEGIN
  SELECT c.* INTO v_course FROM sammen.course c
   WHERE c.id = p_course AND sammen.current_tenant() IS NOT NULL
     AND sammen.sees_course(c.region_id, c.host_id, c.reach, c.state)
     AND (c.reach = 'region' OR c.host_id = sammen.current_tenant()) FOR UPDATE OF c;
  RETURN v_course;
END $$;
--;
-- Why nobody may sign up for a course now: '', unknown (absent, foreign, a draft or cancelled: they look alike), begun or
-- closed (its last day to sign up has been). Not granted.
CREATE OR REPLACE FUNCTION sammen.course_shut(p_course sammen.course) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN CASE
    WHEN p_course.id IS NULL OR p_course.state IN ('draft', 'cancelled') THEN 'unknown'
    WHEN p_course.starts_at <= now() OR p_course.state = 'held' THEN 'begun'
    WHEN p_course.deadline_on < sammen.norwegian_day() THEN 'closed'
    ELSE '' END;
END $$;
--;
-- A seat for this municipality: held under a lock on the course, so that there are never more of them than there are.
-- What is kept for it, or open and waited for by nobody. `answer`: taken, full, begun, closed or unknown.
CREATE OR REPLACE FUNCTION sammen.take_seat(p_course uuid) RETURNS TABLE (answer text, enrolment_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_course sammen.course := sammen.hold_course(p_course);
BEGIN
  answer := sammen.course_shut(v_course);
  IF answer = '' AND sammen.course_room(v_course.region_id, p_course, v_course.seats, sammen.current_tenant()) < 1 THEN
    answer := 'full';
  ELSIF answer = '' THEN
    answer := 'taken'; enrolment_id := gen_random_uuid();
    INSERT INTO sammen.enrolment (region_id, id, course_id, home_id)
    VALUES (v_course.region_id, enrolment_id, p_course, sammen.current_tenant());
  END IF;
  RETURN NEXT;
END $$;
--;
-- A place last in a course's waiting list. `answer`: waiting, free (there is a seat to take), begun, closed or unknown.
CREATE OR REPLACE FUNCTION sammen.wait_for_seat(p_course uuid) RETURNS TABLE (answer text, wait_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_course sammen.course := sammen.hold_course(p_course);
BEGIN
  answer := sammen.course_shut(v_course);
  IF answer = '' AND sammen.course_room(v_course.region_id, p_course, v_course.seats, sammen.current_tenant()) > 0 THEN
    answer := 'free';
  ELSIF answer = '' THEN
    answer := 'waiting'; wait_id := gen_random_uuid();
    INSERT INTO sammen.course_wait (region_id, id, course_id, home_id, asked_at)
    VALUES (v_course.region_id, wait_id, p_course, sammen.current_tenant(), clock_timestamp());
  END IF;
  RETURN NEXT;
END $$;
--;
-- Leaves one of this municipality's places in a waiting list, or says no to the seat it was offered. `was`: waiting or
-- offered; nothing when there was none to leave.
CREATE OR REPLACE FUNCTION sammen.leave_waiting(p_wait uuid) RETURNS TABLE (was text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_wait record;
BEGIN
  SELECT w.course_id INTO v_wait FROM sammen.course_wait w WHERE w.id = p_wait AND w.home_id = sammen.current_tenant();
  PERFORM 1 FROM sammen.course c WHERE c.id = v_wait.course_id FOR UPDATE;
  SELECT w.state INTO was FROM sammen.course_wait w
   WHERE w.id = p_wait AND w.home_id = sammen.current_tenant() AND w.state IN ('waiting', 'offered') FOR UPDATE;
  IF FOUND THEN
    UPDATE sammen.course_wait w SET state = 'left', changed_at = now(), version = w.version + 1 WHERE w.id = p_wait;
    RETURN NEXT;
  END IF;
END $$;
--;
-- Takes the seat that one of this municipality's places in a waiting list was offered. `answer`: taken, or gone when the
-- offer has run out, was answered, or the course has begun or is cancelled.
CREATE OR REPLACE FUNCTION sammen.accept_offer(p_wait uuid) RETURNS TABLE (answer text, enrolment_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_wait record;
BEGIN
  answer := 'gone';
  SELECT w.region_id, w.course_id INTO v_wait FROM sammen.course_wait w
   WHERE w.id = p_wait AND w.home_id = sammen.current_tenant();
  PERFORM 1 FROM sammen.course c WHERE c.region_id = v_wait.region_id AND c.id = v_wait.course_id
     AND c.starts_at > now() AND c.state = 'open' FOR UPDATE;
  IF FOUND THEN
    UPDATE sammen.course_wait w SET state = 'accepted', changed_at = now(), version = w.version + 1
     WHERE w.id = p_wait AND w.home_id = sammen.current_tenant() AND w.state = 'offered' AND w.expires_at > now();
    IF FOUND THEN
      answer := 'taken'; enrolment_id := gen_random_uuid();
      INSERT INTO sammen.enrolment (region_id, id, course_id, home_id)
      VALUES (v_wait.region_id, enrolment_id, v_wait.course_id, sammen.current_tenant());
    END IF;
  END IF;
  RETURN NEXT;
END $$;
--;
-- Whether the person who is signed in has a seat or waits in this course from another municipality. Of oneself only:
-- nobody else may learn where a contact works.
CREATE OR REPLACE FUNCTION sammen.mine_elsewhere(p_course uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM sammen.course_signup s
    JOIN sammen.support_contact k ON k.tenant_id = s.tenant_id AND k.id = s.contact_id
    JOIN sammen.person p ON p.tenant_id = k.tenant_id AND p.id = k.person_id
   WHERE s.course_id = p_course AND s.withdrawn_on IS NULL AND s.tenant_id <> sammen.current_tenant()
     AND p.user_id = sammen.current_user_id());
END $$;
--;
-- This municipality's seats in courses that others have held and that are over: a count for each holder and month (C5).
-- A seat is used when it was had as the course began: from then on none is given back.
CREATE OR REPLACE FUNCTION sammen.held_seats() RETURNS TABLE (region_id uuid, host_id uuid, month date, seats bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid := sammen.current_tenant();
BEGIN
  RETURN QUERY SELECT c.region_id, c.host_id, date_trunc('month', c.starts_at AT TIME ZONE 'Europe/Oslo')::date, count(*)
    FROM sammen.enrolment e JOIN sammen.course c ON c.region_id = e.region_id AND c.id = e.course_id
   WHERE e.home_id = v_tenant AND e.state = 'enrolled' AND c.host_id <> v_tenant AND c.ends_at < now()
     AND c.state IN ('open', 'held')
   GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
END $$;
--;
-- Gives one of this municipality's seats back before the course begins. True when there was one to give.
CREATE OR REPLACE FUNCTION sammen.give_back_seat(p_enrolment uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM 1 FROM sammen.course c JOIN sammen.enrolment e ON e.region_id = c.region_id AND e.course_id = c.id
    WHERE e.id = p_enrolment AND e.home_id = sammen.current_tenant() FOR UPDATE OF c;
  UPDATE sammen.enrolment e SET state = 'withdrawn', changed_at = now(), version = e.version + 1
   WHERE e.id = p_enrolment AND e.home_id = sammen.current_tenant() AND e.state = 'enrolled'
     AND EXISTS (SELECT 1 FROM sammen.course c WHERE c.region_id = e.region_id AND c.id = e.course_id AND c.starts_at > now());
  RETURN FOUND;
END $$;
--;
-- Lists for the day (docs/decisions/0060-lists-for-the-day.md) ---------------------------------------------------------
-- Today's cards of a meeting from these homes, and a row in each home's trail that they were read. Not granted: the
-- functions of groups and courses call it when they know that the reader leads or holds that meeting.
CREATE OR REPLACE FUNCTION sammen.read_day_cards(p_purpose text, p_session uuid, p_homes uuid[], p_why text)
RETURNS TABLE (home_id uuid, seat_id uuid, sealed bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_user uuid := sammen.current_user_id();
  v_day date := sammen.norwegian_day();
BEGIN
  INSERT INTO sammen.audit_entry (tenant_id, id, category, action, actor_id, actor_name, role, why, persons, object_kind, object_id)
  SELECT d.tenant_id, gen_random_uuid(), 'read', 'day_list.read', v_user,
         coalesce((SELECT u.display_name FROM sammen.user_account u WHERE u.id = v_user), ''), '', p_why,
         array_agg(DISTINCT d.person_id), 'session', p_session
    FROM sammen.day_card d
   WHERE d.tenant_id = ANY (p_homes) AND d.session_id = p_session AND d.purpose = p_purpose AND d.day = v_day
   GROUP BY d.tenant_id;
  RETURN QUERY SELECT d.tenant_id, d.seat_id, d.sealed FROM sammen.day_card d
   WHERE d.tenant_id = ANY (p_homes) AND d.session_id = p_session AND d.purpose = p_purpose AND d.day = v_day;
END $$;
--;
-- A person's own calendar -------------------------------------------------------------------------------------------
-- Whose an address is, while it is open and its owner is let in to their own pages there. Wants a proof over the look-up
-- value: an injected statement cannot go through addresses. No row alike for unknown, stopped and shut out.
CREATE OR REPLACE FUNCTION sammen.feed_of(p_lookup bytea, p_expires bigint, p_proof bytea)
RETURNS TABLE (id uuid, tenant_id uuid, user_id uuid, language text, made_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT sammen.proof_ok('feed.of|' || encode(p_lookup, 'hex'), p_expires, p_proof) THEN
    RAISE EXCEPTION 'proof refused' USING ERRCODE = '28000';
  END IF;
  RETURN QUERY SELECT f.id, f.tenant_id, f.user_id, f.language, f.created_at FROM sammen.calendar_feed f
    JOIN sammen.user_account u ON u.id = f.user_id AND u.disabled_at IS NULL
   WHERE f.lookup = p_lookup AND f.stopped_on IS NULL AND EXISTS (
         SELECT 1 FROM sammen.membership m WHERE m.user_id = f.user_id AND m.kind = 'own' AND m.municipality_id = f.tenant_id
            AND m.valid_from <= sammen.norwegian_day() AND (m.valid_to IS NULL OR m.valid_to >= sammen.norwegian_day()));
END $$;
--;
-- At the door of a course (docs/decisions/0060, 0062) --------------------------------------------------------------------
-- A session the reader holds: those who keep the region's courses when it is joint, the host's coordinators, and the users
-- named for that session. Nothing for others. Not granted.
CREATE OR REPLACE FUNCTION sammen.course_door(p_session uuid)
RETURNS TABLE (region_id uuid, course_id uuid, host_id uuid, starts_at timestamptz, ends_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket();
BEGIN
  RETURN QUERY SELECT s.region_id, s.course_id, c.host_id, s.starts_at, s.ends_at FROM sammen.course_session s
    JOIN sammen.course c ON c.region_id = s.region_id AND c.id = s.course_id
   WHERE s.id = p_session AND s.state = 'planned' AND c.state <> 'cancelled' AND (
         (c.region_id = sammen.current_courses() AND part[2] = 'region' AND c.joint)
      OR (part[2] = 'municipality' AND c.host_id = sammen.current_tenant()
          AND string_to_array(part[7], ',') && '{provider_coordinator}')
      OR (part[2] IN ('municipality', 'region') AND sammen.current_user_id() = ANY (s.trainer_ids)));
END $$;
--;
-- Whether the reader holds a course: one of its sessions, or all. Not granted.
CREATE OR REPLACE FUNCTION sammen.course_held_by_me(p_course uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM sammen.course_session s CROSS JOIN LATERAL sammen.course_door(s.id) d WHERE s.course_id = p_course);
END $$;
--;
-- The sessions of a course that the reader holds, with how many seats there are and how many have come.
CREATE OR REPLACE FUNCTION sammen.course_doors(p_course uuid)
RETURNS TABLE (id uuid, course_id uuid, title text, kind text, starts_at timestamptz, ends_at timestamptz, place text,
  topic text, seats bigint, noted bigint, came bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT s.id, s.course_id, c.title, c.kind, s.starts_at, s.ends_at, s.place, s.topic,
      count(e.id), count(p.id), count(p.id) FILTER (WHERE p.state <> 'absent')
    FROM sammen.course_session s CROSS JOIN LATERAL sammen.course_door(s.id) d
    JOIN sammen.course c ON c.region_id = s.region_id AND c.id = s.course_id
    LEFT JOIN sammen.enrolment e ON e.region_id = s.region_id AND e.course_id = s.course_id AND e.state = 'enrolled'
    LEFT JOIN sammen.course_presence p ON p.region_id = s.region_id AND p.session_id = s.id AND p.enrolment_id = e.id
   WHERE s.course_id = p_course GROUP BY s.region_id, s.id, c.region_id, c.id ORDER BY s.starts_at, s.id;
END $$;
--;
-- The seats of a session for who holds it, and what is noted of each: a municipality, and nobody's name.
CREATE OR REPLACE FUNCTION sammen.course_seats_at(p_session uuid)
RETURNS TABLE (seat_id uuid, home_id uuid, home text, state text, minutes int, by_self boolean, noted_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT e.id, e.home_id, m.name, coalesce(p.state, ''), coalesce(p.minutes, 0), coalesce(p.by_self, false), p.changed_at
    FROM sammen.course_door(p_session) d
    JOIN sammen.enrolment e ON e.region_id = d.region_id AND e.course_id = d.course_id AND e.state = 'enrolled'
    JOIN sammen.municipality m ON m.id = e.home_id
    LEFT JOIN sammen.course_presence p ON p.region_id = e.region_id AND p.session_id = p_session AND p.enrolment_id = e.id
   ORDER BY m.name, e.id;
END $$;
--;
-- Names from other municipalities for who holds the session, on its day: each reading is in their own trail.
CREATE OR REPLACE FUNCTION sammen.course_day_list(p_session uuid) RETURNS TABLE (home_id uuid, seat_id uuid, sealed bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_homes uuid[];
BEGIN
  SELECT array_agg(DISTINCT e.home_id) INTO v_homes FROM sammen.course_door(p_session) d
    JOIN sammen.enrolment e ON e.region_id = d.region_id AND e.course_id = d.course_id AND e.state = 'enrolled'
   WHERE e.home_id IS DISTINCT FROM sammen.current_tenant()
     AND (d.starts_at AT TIME ZONE 'Europe/Oslo')::date = sammen.norwegian_day();
  IF v_homes IS NOT NULL THEN
    RETURN QUERY SELECT c.home_id, c.seat_id, c.sealed
      FROM sammen.read_day_cards('course', p_session, v_homes, 'Kursholderen leste dagslista for kurset') c
      JOIN sammen.enrolment e ON e.id = c.seat_id AND e.home_id = c.home_id AND e.state = 'enrolled';
  END IF;
END $$;
--;
-- What the holder notes of a seat: from an hour before the session until thirty days after. `saved`, `early`, `late`, or
-- `unknown` for what is none of the reader's. The same again changes nothing.
CREATE OR REPLACE FUNCTION sammen.note_presence(p_session uuid, p_seat uuid, p_state text, p_minutes int) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE d record; v_home uuid;
BEGIN
  SELECT * INTO d FROM sammen.course_door(p_session);
  IF NOT FOUND THEN RETURN 'unknown'; END IF;
  SELECT e.home_id INTO v_home FROM sammen.enrolment e
   WHERE e.region_id = d.region_id AND e.course_id = d.course_id AND e.id = p_seat AND e.state = 'enrolled';
  IF NOT FOUND THEN RETURN 'unknown'; END IF;
  IF now() < d.starts_at - interval '1 hour' THEN RETURN 'early'; END IF;
  IF now() > d.ends_at + interval '30 days' THEN RETURN 'late'; END IF;
  INSERT INTO sammen.course_presence (region_id, id, session_id, enrolment_id, home_id, host_id, state, minutes, by_self)
  VALUES (d.region_id, gen_random_uuid(), p_session, p_seat, v_home, d.host_id, p_state,
          least(greatest(p_minutes, 0), ceil(extract(epoch FROM d.ends_at - d.starts_at) / 60)::int), false)
  ON CONFLICT (region_id, session_id, enrolment_id) DO UPDATE SET state = excluded.state, minutes = excluded.minutes,
    by_self = false, changed_at = now(), version = sammen.course_presence.version + 1
    WHERE (sammen.course_presence.state, sammen.course_presence.minutes, sammen.course_presence.by_self)
          IS DISTINCT FROM (excluded.state, excluded.minutes, false);
  RETURN 'saved';
END $$;
--;
-- Counts one try at a door with a code: whether there was room in the hour. Not granted.
CREATE OR REPLACE FUNCTION sammen.course_let_in(p_mark bytea, p_what text, p_most int) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('sammen.course.' || p_what || encode(p_mark, 'hex'), 0));
  IF (SELECT count(*) FROM sammen.course_knock k WHERE k.mark = p_mark AND k.what = p_what
         AND k.at > now() - interval '1 hour') >= p_most THEN
    RETURN false;
  END IF;
  INSERT INTO sammen.course_knock (id, mark, what) VALUES (gen_random_uuid(), p_mark, p_what);
  RETURN true;
END $$;
--;
-- A try with the door's code for one's own seat is counted before the code is looked at: ten in an hour.
CREATE OR REPLACE FUNCTION sammen.check_in_try(p_seat uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM sammen.enrolment e WHERE e.id = p_seat AND e.home_id = sammen.current_tenant())
     AND sammen.course_let_in(sha256(convert_to(p_seat::text, 'UTF8')), 'door', 10);
END $$;
--;
-- The same for the code on the board of a gathering: for a guest of this municipality, ten in an hour.
CREATE OR REPLACE FUNCTION sammen.meeting_try(p_guest uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM sammen.assembly_guest g WHERE g.id = p_guest AND g.tenant_id = sammen.current_tenant())
     AND sammen.course_let_in(sha256(convert_to(p_guest::text, 'UTF8')), 'door', 10);
END $$;
--;
-- A contact has come: for their own seat alone, while the session is on, with a proof that the door's code was right. What
-- the holder has noted stands. `in`, `already`, `closed`, or `unknown`.
CREATE OR REPLACE FUNCTION sammen.check_in(p_session uuid, p_seat uuid, p_expires bigint, p_proof bytea) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.current_tenant(); s record;
BEGIN
  IF NOT sammen.proof_ok(concat_ws('|', 'course.check_in', p_session::text, p_seat::text, sammen.current_user_id()::text),
      p_expires, p_proof) THEN
    RAISE EXCEPTION 'check-in proof refused' USING ERRCODE = '28000';
  END IF;
  SELECT m.region_id, m.starts_at, m.ends_at, c.host_id INTO s FROM sammen.course_session m
    JOIN sammen.course c ON c.region_id = m.region_id AND c.id = m.course_id AND c.state <> 'cancelled'
    JOIN sammen.enrolment e ON e.region_id = m.region_id AND e.course_id = m.course_id AND e.id = p_seat
     AND e.home_id = v_tenant AND e.state = 'enrolled'
    JOIN sammen.course_signup u ON u.tenant_id = v_tenant AND u.enrolment_id = e.id AND u.withdrawn_on IS NULL
    JOIN sammen.support_contact k ON k.tenant_id = v_tenant AND k.id = u.contact_id
    JOIN sammen.person p ON p.tenant_id = v_tenant AND p.id = k.person_id AND p.user_id = sammen.current_user_id()
   WHERE m.id = p_session AND m.state = 'planned';
  IF NOT FOUND THEN RETURN 'unknown'; END IF;
  IF now() < s.starts_at - interval '45 minutes' OR now() > s.ends_at THEN RETURN 'closed'; END IF;
  INSERT INTO sammen.course_presence (region_id, id, session_id, enrolment_id, home_id, host_id, state, minutes, by_self)
  VALUES (s.region_id, gen_random_uuid(), p_session, p_seat, v_tenant, s.host_id,
          CASE WHEN now() > s.starts_at + interval '15 minutes' THEN 'late' ELSE 'present' END,
          CASE WHEN now() > s.starts_at + interval '15 minutes' THEN ceil(extract(epoch FROM s.ends_at - now()) / 60)::int
               ELSE ceil(extract(epoch FROM s.ends_at - s.starts_at) / 60)::int END, true)
  ON CONFLICT (region_id, session_id, enrolment_id) DO NOTHING;
  RETURN CASE WHEN FOUND THEN 'in' ELSE 'already' END;
END $$;
--;
-- The seats of a course and its newest results, for who holds it: a municipality, and nobody's name.
CREATE OR REPLACE FUNCTION sammen.course_exams(p_course uuid)
RETURNS TABLE (seat_id uuid, home_id uuid, home text, minutes bigint, result text, taken_on date, set_by text, tries bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT sammen.course_held_by_me(p_course) THEN RETURN; END IF;
  RETURN QUERY SELECT e.id, e.home_id, m.name,
      (SELECT coalesce(sum(p.minutes), 0) FROM sammen.course_presence p WHERE p.region_id = e.region_id AND p.enrolment_id = e.id),
      coalesce(x.result, ''), x.taken_on, coalesce(x.set_by, ''),
      (SELECT count(*) FROM sammen.course_exam t WHERE t.region_id = e.region_id AND t.enrolment_id = e.id)
    FROM sammen.enrolment e JOIN sammen.municipality m ON m.id = e.home_id
    LEFT JOIN LATERAL (SELECT t.result, t.taken_on, t.set_by FROM sammen.course_exam t WHERE t.region_id = e.region_id
                          AND t.enrolment_id = e.id ORDER BY t.taken_on DESC LIMIT 1) x ON true
   WHERE e.course_id = p_course AND e.state = 'enrolled' ORDER BY m.name, e.id;
END $$;
--;
-- A result, by who holds the course. The same day's is put right; another day's is a new try. Between two tries go as many
-- days as the rule of the kind says. `saved`, `soon`, `passed` (there is nothing to take again), `future`, or `unknown`.
CREATE OR REPLACE FUNCTION sammen.note_exam(p_course uuid, p_seat uuid, p_result text, p_on date, p_by text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE e record; v_last record; v_days int;
BEGIN
  IF NOT sammen.course_held_by_me(p_course) THEN RETURN 'unknown'; END IF;
  SELECT n.region_id, n.home_id, c.host_id, c.kind, c.starts_at INTO e FROM sammen.enrolment n
    JOIN sammen.course c ON c.region_id = n.region_id AND c.id = n.course_id
   WHERE n.course_id = p_course AND n.id = p_seat AND n.state = 'enrolled' FOR UPDATE OF n;
  IF NOT FOUND THEN RETURN 'unknown'; END IF;
  IF p_on > sammen.norwegian_day() OR p_on < (e.starts_at AT TIME ZONE 'Europe/Oslo')::date THEN RETURN 'future'; END IF;
  SELECT x.result, x.taken_on INTO v_last FROM sammen.course_exam x WHERE x.region_id = e.region_id AND x.enrolment_id = p_seat
     AND x.taken_on <> p_on ORDER BY x.taken_on DESC LIMIT 1;
  IF FOUND THEN
    IF v_last.result = 'passed' THEN RETURN 'passed'; END IF;
    SELECT r.retake_days INTO v_days FROM sammen.course_rule r WHERE r.kind = e.kind AND r.valid_from <= p_on
     ORDER BY r.valid_from DESC LIMIT 1;
    IF p_on < v_last.taken_on + coalesce(v_days, 0) THEN RETURN 'soon'; END IF;
  END IF;
  INSERT INTO sammen.course_exam (region_id, id, enrolment_id, home_id, host_id, result, taken_on, set_by)
  VALUES (e.region_id, gen_random_uuid(), p_seat, e.home_id, e.host_id, p_result, p_on, p_by)
  ON CONFLICT (region_id, enrolment_id, taken_on) DO UPDATE SET result = excluded.result, set_by = excluded.set_by, noted_at = now();
  RETURN 'saved';
END $$;
--;
-- What a participant thought: once for a seat of one's own, within three weeks of the end. The answer itself has neither
-- who, nor where from, nor when. `thanks`, `again`, `closed`, or `unknown`.
CREATE OR REPLACE FUNCTION sammen.course_say(p_seat uuid, p_useful int, p_teaching int, p_words text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.current_tenant(); c record;
BEGIN
  SELECT k.region_id, k.id, k.ends_at INTO c FROM sammen.enrolment e
    JOIN sammen.course k ON k.region_id = e.region_id AND k.id = e.course_id AND k.state <> 'cancelled'
    JOIN sammen.course_signup u ON u.tenant_id = v_tenant AND u.enrolment_id = e.id AND u.withdrawn_on IS NULL
    JOIN sammen.support_contact s ON s.tenant_id = v_tenant AND s.id = u.contact_id
    JOIN sammen.person p ON p.tenant_id = v_tenant AND p.id = s.person_id AND p.user_id = sammen.current_user_id()
   WHERE e.id = p_seat AND e.home_id = v_tenant AND e.state = 'enrolled';
  IF NOT FOUND THEN RETURN 'unknown'; END IF;
  IF now() < c.ends_at OR now() > c.ends_at + interval '21 days' THEN RETURN 'closed'; END IF;
  INSERT INTO sammen.course_answered (tenant_id, id, enrolment_id) VALUES (v_tenant, gen_random_uuid(), p_seat)
  ON CONFLICT (tenant_id, enrolment_id) DO NOTHING;
  IF NOT FOUND THEN RETURN 'again'; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('sammen.voice.' || c.id::text, 0));
  INSERT INTO sammen.course_voice (region_id, id, course_id, number, useful, teaching, words)
  SELECT c.region_id, gen_random_uuid(), c.id, count(*) + 1, p_useful, p_teaching, p_words
    FROM sammen.course_voice v WHERE v.region_id = c.region_id AND v.course_id = c.id;
  RETURN 'thanks';
END $$;
--;
-- What participants thought, for who holds the course: whole fives while answers still come, and all of five or more when
-- they no longer do. So nobody's answer is the one that came since the last look.
CREATE OR REPLACE FUNCTION sammen.course_voices(p_course uuid) RETURNS TABLE (useful int, teaching int, words text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_count bigint; v_over boolean;
BEGIN
  IF NOT sammen.course_held_by_me(p_course) THEN RETURN; END IF;
  SELECT count(*) INTO v_count FROM sammen.course_voice v WHERE v.course_id = p_course;
  IF v_count < 5 THEN RETURN; END IF;
  SELECT bool_and(now() > c.ends_at + interval '21 days') INTO v_over FROM sammen.course c WHERE c.id = p_course;
  RETURN QUERY SELECT v.useful, v.teaching, v.words FROM sammen.course_voice v
   WHERE v.course_id = p_course AND (v_over OR v.number <= v_count / 5 * 5) ORDER BY v.id;
END $$;
--;
-- Puts a certificate of this municipality's own where its code is looked up.
CREATE OR REPLACE FUNCTION sammen.publish_certificate(p_certificate uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO sammen.certificate_mark (id, code, tenant_id, certificate_id)
  SELECT gen_random_uuid(), c.code, c.tenant_id, c.id FROM sammen.course_certificate c
   WHERE c.tenant_id = sammen.current_tenant() AND c.id = p_certificate
  ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $$;
--;
-- Public: whether a code is a certificate's, and which course's. The name only for who already knows the family name.
-- `found`, `none`, or `wait` after thirty tries in an hour.
CREATE OR REPLACE FUNCTION sammen.certificate_check(p_code text, p_family text, p_address bytea, p_expires bigint, p_proof bytea)
RETURNS TABLE (answer text, state text, title text, kind text, hours numeric, held_by text, completed_on date, valid_to date,
  exam boolean, name text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'certificate.check', p_code, p_family, encode(p_address, 'hex')),
    octet_length(p_address) = 32 AND char_length(p_code) <= 40 AND char_length(p_family) <= 100, p_expires, p_proof);
  IF NOT sammen.course_let_in(p_address, 'certificate', 30) THEN
    answer := 'wait'; RETURN NEXT; RETURN;
  END IF;
  RETURN QUERY SELECT 'found', c.state, c.title, c.kind, c.hours, c.held_by, c.completed_on, c.valid_to, c.exam,
      CASE WHEN p_family <> '' AND lower(btrim(p_family)) = lower(c.family_name) THEN c.given_name || ' ' || c.family_name ELSE '' END
    FROM sammen.certificate_mark m
    JOIN sammen.course_certificate c ON c.tenant_id = m.tenant_id AND c.id = m.certificate_id WHERE m.code = p_code;
  IF NOT FOUND THEN answer := 'none'; RETURN NEXT; END IF;
END $$;
--;
-- For a coordinator who was shown a code: the certificate, which municipality issued it, and whether the name on it is the
-- one given. Never the name itself.
CREATE OR REPLACE FUNCTION sammen.certificate_known(p_code text, p_given text, p_family text)
RETURNS TABLE (state text, title text, kind text, competence text, hours numeric, held_by text, issued_by text, ours boolean,
  completed_on date, valid_to date, exam boolean, same_name boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket();
BEGIN
  IF part[2] IS NOT DISTINCT FROM 'municipality' AND string_to_array(part[7], ',') && '{provider_coordinator}' THEN
    RETURN QUERY SELECT c.state, c.title, c.kind, c.competence, c.hours, c.held_by, h.name, c.tenant_id = sammen.current_tenant(),
        c.completed_on, c.valid_to, c.exam,
        lower(btrim(p_given)) = lower(c.given_name) AND lower(btrim(p_family)) = lower(c.family_name)
      FROM sammen.certificate_mark m JOIN sammen.municipality h ON h.id = m.tenant_id
      JOIN sammen.course_certificate c ON c.tenant_id = m.tenant_id AND c.id = m.certificate_id WHERE m.code = p_code;
  END IF;
END $$;
--;
-- How certificates stand now that this municipality has recognised: their codes are in its own rows.
CREATE OR REPLACE FUNCTION sammen.certificates_now() RETURNS TABLE (code text, state text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT DISTINCT r.code, c.state FROM sammen.recognised_certificate r
    JOIN sammen.certificate_mark m ON m.code = r.code
    JOIN sammen.course_certificate c ON c.tenant_id = m.tenant_id AND c.id = m.certificate_id
   WHERE r.tenant_id = sammen.current_tenant() AND r.state <> c.state;
END $$;
--;
-- Whether a region's shared work is open for a municipality (docs/decisions/0089-nothing-is-shared-before-it-is-signed.md):
-- the region asks for no arrangement, or the municipality has signed one that is in force today. It tells nothing of anybody.
CREATE OR REPLACE FUNCTION sammen.accord_open(p_region uuid, p_place uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_day date := sammen.norwegian_day();
BEGIN
  -- Asked by the municipality itself, by its region, and by nobody else.
  IF p_place IS DISTINCT FROM sammen.current_tenant() AND p_region IS DISTINCT FROM sammen.current_region() THEN
    RETURN false;
  END IF;
  RETURN NOT coalesce((SELECT g.settings ->> 'accord_required' = 'true' FROM sammen.region g WHERE g.id = p_region), false)
    OR EXISTS (
      SELECT 1 FROM sammen.accord_party p JOIN sammen.accord a ON a.region_id = p.region_id AND a.id = p.accord_id
       WHERE p.region_id = p_region AND p.municipality_id = p_place AND p.kind = 'arrangement' AND a.state = 'out'
         AND p.signed_on IS NOT NULL AND p.valid_from <= v_day AND p.valid_to >= v_day
         AND (p.ended_on IS NULL OR p.ended_on >= v_day));
END $$;
--;
-- The agreements a municipality has been sent that the region has taken back since: their ids. Its own copy does not say.
CREATE OR REPLACE FUNCTION sammen.accords_withdrawn() RETURNS TABLE (id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT p.id FROM sammen.accord_party p JOIN sammen.accord a ON a.region_id = p.region_id AND a.id = p.accord_id
   WHERE p.municipality_id = sammen.current_tenant() AND a.state = 'withdrawn';
END $$;
--;
-- Who has a role in a collaboration, and until when: for its project manager and steering group, and for those in a member
-- municipality who answer for what it shares there. Names, roles and days alone.
CREATE OR REPLACE FUNCTION sammen.region_people()
RETURNS TABLE (region text, name text, role text, valid_from date, valid_to date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket(); held text[] := string_to_array(part[7], ','); v_day date := sammen.norwegian_day();
BEGIN
  RETURN QUERY SELECT g.name, u.display_name, b.role, b.valid_from, b.valid_to
    FROM sammen.membership b JOIN sammen.region g ON g.id = b.region_id JOIN sammen.user_account u ON u.id = b.user_id
   WHERE b.kind = 'region' AND (b.valid_to IS NULL OR b.valid_to >= v_day) AND u.disabled_at IS NULL
     AND (part[2] = 'region' AND held && '{project_manager,steering_group_member}' AND b.region_id = sammen.current_region()
          OR part[2] = 'municipality' AND held && '{manager,data_protection_officer,municipality_administrator}'
             AND sammen.joint_member(b.region_id, sammen.current_tenant()))
   ORDER BY g.name, u.display_name, b.role;
END $$;
--;
-- Who has signed what this municipality has been sent, in its own place: its copy's id, each municipality's name, the day it
-- signed and the last day it is bound when it has given notice. Those who are responsible together know who they are (GDPR
-- art. 26); who held the pen is each municipality's own, and the project manager's.
CREATE OR REPLACE FUNCTION sammen.accord_signatures()
RETURNS TABLE (copy_id uuid, municipality text, mine boolean, signed_on date, ended_on date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT own.id, m.name, p.id = own.id, p.signed_on, p.ended_on
    FROM sammen.accord_party own
    JOIN sammen.accord_party p ON p.region_id = own.region_id AND p.accord_id = own.accord_id
    JOIN sammen.municipality m ON m.id = p.municipality_id
   WHERE own.municipality_id = sammen.current_tenant();
END $$;
--;
-- Groups across borders (docs/decisions/0065-groups-across-borders.md) -------------------------------------------------
-- Whether a municipality is a member of a region today. Not granted.
CREATE OR REPLACE FUNCTION sammen.joint_member(p_region uuid, p_place uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM sammen.region_membership m WHERE m.region_id = p_region AND m.municipality_id = p_place
    AND m.valid_from <= sammen.norwegian_day() AND (m.valid_to IS NULL OR m.valid_to >= sammen.norwegian_day()));
END $$;
--;
-- Who has seats or is promised some today: the host with what it has promised nobody, and each partner that has not left.
-- `kept`: its promise is kept for it. Not granted: the numbers are for the functions alone.
CREATE OR REPLACE FUNCTION sammen.joint_homes(p_region uuid, p_group uuid)
RETURNS TABLE (home_id uuid, takes_part boolean, promised int, kept boolean, used int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  WITH partners AS (
    SELECT p.partner_id, p.state = 'yes' AS yes, p.quota, p.release_on IS NULL OR p.release_on > sammen.norwegian_day() AS keeps
      FROM sammen.joint_partner p
     WHERE p.region_id = p_region AND p.joint_group_id = p_group AND p.state IN ('invited', 'yes')
       AND (p.leaves_on IS NULL OR p.leaves_on >= sammen.norwegian_day()) AND sammen.joint_member(p_region, p.partner_id)),
  homes AS (
    SELECT g.host_id AS home, true AS yes,
           greatest(0, g.seats - coalesce((SELECT sum(q.quota) FROM partners q), 0))::int AS quota, true AS keeps
      FROM sammen.joint_group g WHERE g.region_id = p_region AND g.id = p_group
     UNION ALL SELECT q.partner_id, q.yes, q.quota, q.keeps FROM partners q)
  SELECT h.home, h.yes, h.quota, h.keeps, (SELECT count(*) FROM sammen.joint_seat s WHERE s.region_id = p_region
     AND s.joint_group_id = p_group AND s.home_id = h.home AND s.state IN ('trial', 'member'))::int FROM homes h;
END $$;
--;
-- Room for one more from a municipality: `kept` places are its own, whoever else comes; `more` says whether there is one
-- beyond those. Nobody takes more than all but three beyond what is kept for it, so that "full" never tells of one or two.
-- Not granted.
CREATE OR REPLACE FUNCTION sammen.joint_reckon(p_region uuid, p_group uuid, p_home uuid)
RETURNS TABLE (kept int, more boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_seats int := (SELECT g.seats FROM sammen.joint_group g WHERE g.region_id = p_region AND g.id = p_group AND g.state = 'open');
  v_free int; v_used int;
BEGIN
  SELECT v_seats - coalesce(sum(h.used), 0)
           - coalesce(sum(greatest(0, h.promised - h.used)) FILTER (WHERE h.kept AND h.home_id <> p_home), 0),
         coalesce(max(h.used) FILTER (WHERE h.home_id = p_home), 0),
         coalesce(max(greatest(0, h.promised - h.used)) FILTER (WHERE h.home_id = p_home AND h.kept), 0)
    INTO v_free, v_used, kept FROM sammen.joint_homes(p_region, p_group) h;
  kept := greatest(0, least(kept, v_free));
  more := kept = 0 AND v_free > 0 AND v_used + 1 <= v_seats - 3;
  RETURN NEXT;
END $$;
--;
-- The groups this municipality has opened, is invited to, or has places in: what a partner may know of them, and which
-- municipalities take part. Never how many seats anybody has.
CREATE OR REPLACE FUNCTION sammen.joint_groups()
RETURNS TABLE (id uuid, region_id uuid, host_id uuid, host text, own boolean, group_id uuid, name text, activity text,
               weekday text, starts time, ends time, place text, transport text, led_by text, seats int, valid_from date,
               valid_to date, state text, version int, partner_id uuid, answer text, quota int, release_on date,
               invited_on date, answered_on date, leaves_on date, duty_phone text, partners text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.current_tenant();
BEGIN
  RETURN QUERY SELECT g.id, g.region_id, g.host_id, h.name, g.host_id = v_tenant, CASE WHEN g.host_id = v_tenant THEN g.group_id END,
      g.name, g.activity, g.weekday, g.starts, g.ends, g.place, g.transport, g.led_by, g.seats, g.valid_from, g.valid_to,
      g.state, g.version, p.id, p.state, p.quota, p.release_on, p.invited_on, p.answered_on, p.leaves_on, p.duty_phone,
      ARRAY(SELECT m.name FROM sammen.joint_homes(g.region_id, g.id) o JOIN sammen.municipality m ON m.id = o.home_id
             WHERE o.takes_part AND o.home_id <> g.host_id ORDER BY m.name)
    FROM sammen.joint_group g JOIN sammen.municipality h ON h.id = g.host_id
      LEFT JOIN sammen.joint_partner p ON p.region_id = g.region_id AND p.joint_group_id = g.id AND p.partner_id = v_tenant
   WHERE g.host_id = v_tenant OR (sammen.joint_member(g.region_id, v_tenant) AND (
         (p.state = 'invited' AND g.state = 'open')
      OR (p.state = 'yes' AND (p.leaves_on IS NULL OR p.leaves_on >= sammen.norwegian_day()))))
   ORDER BY g.name, g.id;
END $$;
--;
-- The parts this municipality still has in groups of regions it is no longer a member of: ids, so that they can be ended.
CREATE OR REPLACE FUNCTION sammen.joint_left() RETURNS TABLE (partner_id uuid, joint_group_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.current_tenant();
BEGIN
  RETURN QUERY SELECT p.id, p.joint_group_id FROM sammen.joint_partner p
   WHERE p.partner_id = v_tenant AND p.state = 'yes' AND (p.leaves_on IS NULL OR p.leaves_on >= sammen.norwegian_day())
     AND NOT sammen.joint_member(p.region_id, v_tenant) ORDER BY p.id;
END $$;
--;
-- The meetings of a group this municipality takes part in, from a fortnight ago.
CREATE OR REPLACE FUNCTION sammen.joint_meetings(p_group uuid)
RETURNS TABLE (id uuid, version int, starts_at timestamptz, ends_at timestamptz, state text, place text, activity text,
               transport text, words text, led_by text, cancel_reason text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT s.id, s.version, s.starts_at, s.ends_at, s.state, s.place, s.activity, s.transport, s.words, s.led_by,
      s.cancel_reason
    FROM sammen.joint_session s JOIN sammen.joint_partner p ON p.region_id = s.region_id AND p.joint_group_id = s.joint_group_id
   WHERE s.joint_group_id = p_group AND p.partner_id = sammen.current_tenant() AND p.state = 'yes'
     AND (p.leaves_on IS NULL OR p.leaves_on >= sammen.norwegian_day()) AND sammen.joint_member(s.region_id, p.partner_id)
     AND s.starts_at > now() - interval '14 days'
   ORDER BY s.starts_at, s.id;
END $$;
--;
-- Invite a municipality to so many places in a group of one's own, or say so many anew of one that is there already.
-- `answer`: invited, changed, unknown, no_member, closed, less (than it has said yes to), or too_many (more promised than
-- there are).
CREATE OR REPLACE FUNCTION sammen.joint_promise(p_group uuid, p_partner uuid, p_quota int, p_release date)
RETURNS TABLE (answer text, partner_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid := sammen.current_tenant();
  v_group sammen.joint_group; v_row sammen.joint_partner;
  v_live boolean; v_promised int; v_short int;
BEGIN
  SELECT g.* INTO v_group FROM sammen.joint_group g WHERE g.id = p_group AND g.host_id = v_tenant FOR UPDATE;
  answer := CASE WHEN v_group.id IS NULL OR p_partner = v_tenant THEN 'unknown' WHEN v_group.state <> 'open' THEN 'closed'
                 WHEN NOT sammen.joint_member(v_group.region_id, p_partner)
                   OR NOT sammen.joint_member(v_group.region_id, v_tenant) THEN 'no_member' END;
  IF answer IS NOT NULL THEN RETURN NEXT; RETURN; END IF;
  SELECT q.* INTO v_row FROM sammen.joint_partner q
   WHERE q.region_id = v_group.region_id AND q.joint_group_id = p_group AND q.partner_id = p_partner FOR UPDATE;
  v_live := coalesce(v_row.state IN ('invited', 'yes')
    AND (v_row.leaves_on IS NULL OR v_row.leaves_on >= sammen.norwegian_day()), false);
  -- What a municipality has said yes to is not made less: what it uses beyond the new number would show in what is left.
  IF v_live AND v_row.state = 'yes' AND p_quota < v_row.quota THEN
    answer := 'less'; RETURN NEXT; RETURN;
  END IF;
  -- What is promised to partners and used by the host itself fits in the group; and so does what is used and kept by all.
  -- Who takes part counts as two at least: the answer is then the same for nobody, one and two.
  SELECT p_quota + coalesce(sum(h.promised) FILTER (WHERE h.home_id NOT IN (v_tenant, p_partner)), 0)
           + coalesce(max(h.used) FILTER (WHERE h.home_id = v_tenant), 0),
         coalesce(sum(CASE WHEN h.home_id = v_tenant THEN h.used
                           ELSE greatest(h.used, CASE WHEN h.kept THEN h.promised END, CASE WHEN h.takes_part THEN 2 END) END)
                    FILTER (WHERE h.home_id <> p_partner), 0)
           + greatest(p_quota, coalesce(max(greatest(h.used, CASE WHEN h.takes_part THEN 2 END))
                                          FILTER (WHERE h.home_id = p_partner), 0))
    INTO v_promised, v_short FROM sammen.joint_homes(v_group.region_id, p_group) h;
  IF v_promised > v_group.seats OR v_short > v_group.seats THEN
    answer := 'too_many'; RETURN NEXT; RETURN;
  END IF;
  IF v_row.id IS NULL THEN
    partner_id := gen_random_uuid(); answer := 'invited';
    INSERT INTO sammen.joint_partner (region_id, id, joint_group_id, host_id, partner_id, quota, release_on, invited_on)
    VALUES (v_group.region_id, joint_promise.partner_id, p_group, v_tenant, p_partner, p_quota, p_release, sammen.norwegian_day());
  ELSE
    partner_id := v_row.id; answer := CASE WHEN v_live THEN 'changed' ELSE 'invited' END;
    UPDATE sammen.joint_partner q SET quota = p_quota, release_on = p_release, version = q.version + 1, changed_at = now(),
        state = CASE WHEN v_live THEN q.state ELSE 'invited' END,
        leaves_on = CASE WHEN v_live THEN q.leaves_on END, answered_on = CASE WHEN v_live THEN q.answered_on END,
        invited_on = CASE WHEN v_live THEN q.invited_on ELSE sammen.norwegian_day() END
     WHERE q.region_id = v_row.region_id AND q.id = v_row.id;
  END IF;
  RETURN NEXT;
END $$;
--;
-- A partner's answer to an invitation, with the number its leaders elsewhere may ring; again, a new number.
CREATE OR REPLACE FUNCTION sammen.joint_answer(p_partner uuid, p_yes boolean, p_duty text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_row sammen.joint_partner;
BEGIN
  SELECT p.* INTO v_row FROM sammen.joint_partner p WHERE p.id = p_partner AND p.partner_id = sammen.current_tenant() FOR UPDATE;
  IF v_row.id IS NULL OR octet_length(p_duty) > 40 THEN RETURN 'unknown'; END IF;
  IF v_row.state NOT IN ('invited', 'yes') OR (v_row.state = 'yes' AND NOT p_yes)
     OR NOT sammen.joint_member(v_row.region_id, v_row.partner_id)
     OR NOT EXISTS (SELECT 1 FROM sammen.joint_group g WHERE g.region_id = v_row.region_id AND g.id = v_row.joint_group_id
                       AND g.state = 'open') THEN
    RETURN 'over';
  END IF;
  UPDATE sammen.joint_partner p SET state = CASE WHEN p_yes THEN 'yes' ELSE 'no' END, duty_phone = p_duty,
      answered_on = coalesce(p.answered_on, sammen.norwegian_day()), version = p.version + 1, changed_at = now()
   WHERE p.region_id = v_row.region_id AND p.id = v_row.id;
  RETURN CASE WHEN p_yes THEN 'yes' ELSE 'no' END;
END $$;
--;
-- The host or the partner says the last day the partner's participants take part; an invitation the host takes back at
-- once. What is said stands: a later day is a new invitation.
CREATE OR REPLACE FUNCTION sammen.joint_stop(p_partner uuid, p_day date) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_row sammen.joint_partner; v_tenant uuid := sammen.current_tenant();
BEGIN
  SELECT p.* INTO v_row FROM sammen.joint_partner p
   WHERE p.id = p_partner AND v_tenant IN (p.partner_id, p.host_id) FOR UPDATE;
  IF v_row.id IS NULL THEN RETURN 'unknown'; END IF;
  IF v_row.state = 'invited' AND v_row.host_id = v_tenant THEN
    UPDATE sammen.joint_partner p SET state = 'withdrawn', version = p.version + 1, changed_at = now()
     WHERE p.region_id = v_row.region_id AND p.id = v_row.id;
    RETURN 'withdrawn';
  ELSIF v_row.state <> 'yes' OR v_row.leaves_on IS NOT NULL AND v_row.leaves_on <= p_day OR p_day < sammen.norwegian_day() - 1 THEN
    RETURN 'over';
  END IF;
  UPDATE sammen.joint_partner p SET leaves_on = p_day, version = p.version + 1, changed_at = now()
   WHERE p.region_id = v_row.region_id AND p.id = v_row.id;
  RETURN 'stopped';
END $$;
--;
-- Take a seat (no `p_seat`), or move one's own: the one place where seats come about, with the group held meanwhile, so that
-- there are never more than it has. `answer`: done, full, closed (the group, or one's part in it, is over), or unknown.
CREATE OR REPLACE FUNCTION sammen.joint_seat(p_group uuid, p_seat uuid, p_state text) RETURNS TABLE (answer text, seat_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid := sammen.current_tenant(); v_day date := sammen.norwegian_day();
  v_group sammen.joint_group; v_seat sammen.joint_seat; v_room record;
BEGIN
  SELECT g.* INTO v_group FROM sammen.joint_group g WHERE g.id = p_group AND (g.host_id = v_tenant OR EXISTS (
    SELECT 1 FROM sammen.joint_partner p WHERE p.region_id = g.region_id AND p.joint_group_id = g.id AND p.partner_id = v_tenant))
     FOR UPDATE;
  SELECT s.* INTO v_seat FROM sammen.joint_seat s WHERE s.id = p_seat AND s.joint_group_id = p_group AND s.home_id = v_tenant;
  seat_id := p_seat;
  IF v_group.id IS NULL OR (p_seat IS NOT NULL AND v_seat.id IS NULL)
     OR p_state NOT IN ('waiting', 'trial', 'member', 'ended') OR (p_seat IS NULL AND p_state = 'ended') THEN
    answer := 'unknown'; seat_id := NULL; RETURN NEXT; RETURN;
  END IF;
  IF v_seat.state = p_state THEN answer := 'done'; RETURN NEXT; RETURN; END IF;
  IF p_state <> 'ended' THEN
    IF v_group.state <> 'open' OR v_seat.state = 'ended' OR NOT EXISTS (SELECT 1 FROM sammen.joint_homes(v_group.region_id, p_group) h
        WHERE h.home_id = v_tenant AND h.takes_part) OR NOT sammen.joint_member(v_group.region_id, v_tenant) THEN
      answer := 'closed'; RETURN NEXT; RETURN;
    END IF;
    IF p_state <> 'waiting' AND coalesce(v_seat.state, 'waiting') = 'waiting' THEN
      SELECT * INTO v_room FROM sammen.joint_reckon(v_group.region_id, p_group, v_tenant);
      IF v_room.kept = 0 AND NOT v_room.more THEN answer := 'full'; RETURN NEXT; RETURN; END IF;
    END IF;
  END IF;
  answer := 'done';
  IF p_seat IS NULL THEN
    seat_id := gen_random_uuid();
    INSERT INTO sammen.joint_seat (region_id, id, joint_group_id, home_id, state, taken_on, member_from)
    VALUES (v_group.region_id, joint_seat.seat_id, p_group, v_tenant, p_state, v_day, CASE WHEN p_state = 'member' THEN v_day END);
  ELSE
    UPDATE sammen.joint_seat s SET state = p_state, version = s.version + 1, changed_at = now(),
        member_from = CASE WHEN p_state = 'member' THEN coalesce(s.member_from, v_day) ELSE s.member_from END,
        ended_on = CASE WHEN p_state = 'ended' THEN v_day END
     WHERE s.region_id = v_seat.region_id AND s.id = v_seat.id;
  END IF;
  RETURN NEXT;
END $$;
--;
-- What a page may say of seats in a group one hosts or takes part in: what is kept for oneself, whether there is more, and
-- how many all the others have together, which is NULL for fewer than three.
CREATE OR REPLACE FUNCTION sammen.joint_view(p_group uuid) RETURNS TABLE (kept int, more boolean, others int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.current_tenant(); v_region uuid; v_others int;
BEGIN
  SELECT g.region_id INTO v_region FROM sammen.joint_group g WHERE g.id = p_group;
  IF v_region IS NULL OR NOT EXISTS (SELECT 1 FROM sammen.joint_homes(v_region, p_group) h WHERE h.home_id = v_tenant AND h.takes_part)
    THEN RETURN; END IF;
  SELECT r.kept, r.more INTO kept, more FROM sammen.joint_reckon(v_region, p_group, v_tenant) r;
  SELECT coalesce(sum(h.used), 0) INTO v_others FROM sammen.joint_homes(v_region, p_group) h WHERE h.home_id <> v_tenant AND h.takes_part;
  others := CASE WHEN v_others >= 3 THEN v_others END;
  RETURN NEXT;
END $$;
--;
-- The region's groups across borders for those who run the pool: places, municipalities, and a number of participants that
-- is NULL for fewer than three. Never whose they are.
CREATE OR REPLACE FUNCTION sammen.joint_counts()
RETURNS TABLE (id uuid, name text, activity text, weekday text, starts time, ends time, host text, partners text[], seats int, taken int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_region uuid := sammen.current_pool();
BEGIN
  RETURN QUERY SELECT g.id, g.name, g.activity, g.weekday, g.starts, g.ends, h.name,
      ARRAY(SELECT m.name FROM sammen.joint_homes(g.region_id, g.id) o JOIN sammen.municipality m ON m.id = o.home_id
             WHERE o.takes_part AND o.home_id <> g.host_id ORDER BY m.name), g.seats,
      (SELECT CASE WHEN sum(o.used) >= 3 THEN sum(o.used)::int END FROM sammen.joint_homes(g.region_id, g.id) o WHERE o.takes_part)
    FROM sammen.joint_group g JOIN sammen.municipality h ON h.id = g.host_id
   WHERE g.region_id = v_region AND g.state = 'open' ORDER BY g.name, g.id;
END $$;
--;
-- What participants of a group suggested, in every municipality that takes part: texts, and never whose.
CREATE OR REPLACE FUNCTION sammen.joint_ideas(p_group uuid)
RETURNS TABLE (id uuid, own boolean, title text, where_to text, cost_ore int, transport boolean, fits text, state text, meeting_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.current_tenant();
BEGIN
  RETURN QUERY SELECT i.id, i.home_id = v_tenant, i.title, i.where_to, i.cost_ore, i.transport, i.fits, i.state, i.meeting_id
    FROM sammen.joint_idea i
   WHERE i.joint_group_id = p_group
     AND EXISTS (SELECT 1 FROM sammen.joint_homes(i.region_id, p_group) h WHERE h.home_id = v_tenant AND h.takes_part)
     AND EXISTS (SELECT 1 FROM sammen.joint_homes(i.region_id, p_group) h WHERE h.home_id = i.home_id AND h.takes_part)
   ORDER BY i.created_at, i.id;
END $$;
--;
-- The host plans or drops what somebody elsewhere suggested. True when there was such a suggestion in a group of its own.
CREATE OR REPLACE FUNCTION sammen.joint_idea_state(p_idea uuid, p_state text, p_meeting uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE sammen.joint_idea i SET state = p_state, meeting_id = p_meeting, version = i.version + 1, changed_at = now()
   WHERE i.id = p_idea AND p_state IN ('open', 'planned', 'dropped') AND EXISTS (SELECT 1 FROM sammen.joint_group g
     WHERE g.region_id = i.region_id AND g.id = i.joint_group_id AND g.host_id = sammen.current_tenant());
  RETURN FOUND;
END $$;
--;
-- What all the others in a group chose and said together: 0 where fewer than three of them did.
CREATE OR REPLACE FUNCTION sammen.joint_sums(p_group uuid)
RETURNS TABLE (kind text, subject_id uuid, half date, question text, said_yes int, said_some int, said_no int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.current_tenant(); v_region uuid;
BEGIN
  SELECT g.region_id INTO v_region FROM sammen.joint_group g WHERE g.id = p_group;
  IF v_region IS NULL OR NOT EXISTS (SELECT 1 FROM sammen.joint_homes(v_region, p_group) h WHERE h.home_id = v_tenant AND h.takes_part)
    THEN RETURN; END IF;
  RETURN QUERY SELECT s.kind, s.subject_id, s.half, s.question, CASE WHEN s.said >= 3 THEN s.yes ELSE 0 END,
      CASE WHEN s.said >= 3 THEN s.some_of ELSE 0 END, CASE WHEN s.said >= 3 THEN s.nay ELSE 0 END
    FROM (SELECT t.kind, t.subject_id, t.half, t.question, sum(t.said_yes)::int AS yes, sum(t.said_some)::int AS some_of,
                 sum(t.said_no)::int AS nay, sum(t.said_yes + t.said_some + t.said_no) AS said
            FROM sammen.joint_tally t JOIN sammen.joint_homes(v_region, p_group) h ON h.home_id = t.home_id AND h.takes_part
           WHERE t.region_id = v_region AND t.joint_group_id = p_group AND t.home_id <> v_tenant
           GROUP BY t.kind, t.subject_id, t.half, t.question) s
   ORDER BY 1, 2, 3, 4;
END $$;
--;
-- The host's leaders noted a guest at a meeting that has begun: told to the seat's home, whose id comes back; NULL for a
-- seat that is in no such meeting of this municipality's.
CREATE OR REPLACE FUNCTION sammen.joint_note_presence(p_session uuid, p_seat uuid, p_state text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_home uuid; v_region uuid;
BEGIN
  SELECT s.home_id, s.region_id INTO v_home, v_region FROM sammen.joint_seat s
    JOIN sammen.joint_session m ON m.region_id = s.region_id AND m.joint_group_id = s.joint_group_id
   WHERE m.id = p_session AND m.host_id = sammen.current_tenant() AND s.id = p_seat AND s.home_id <> m.host_id
     AND s.state <> 'waiting' AND (m.starts_at AT TIME ZONE 'Europe/Oslo')::date <= sammen.norwegian_day();
  IF v_home IS NULL OR p_state NOT IN ('present', 'absent', 'told') THEN RETURN NULL; END IF;
  INSERT INTO sammen.joint_presence (region_id, id, joint_session_id, joint_seat_id, home_id, state)
  VALUES (v_region, gen_random_uuid(), p_session, p_seat, v_home, p_state)
  ON CONFLICT (region_id, joint_session_id, joint_seat_id) DO UPDATE
    SET state = excluded.state, version = joint_presence.version + 1, changed_at = now();
  RETURN v_home;
END $$;
--;
-- Whether the signed-in person leads this meeting of a group of this municipality, today, on their own pages; if so the
-- group's shared row. Not granted.
CREATE OR REPLACE FUNCTION sammen.joint_led_today(p_session uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT g.joint_id FROM sammen.group_session s
  JOIN sammen.activity_group g ON g.tenant_id = s.tenant_id AND g.id = s.group_id AND g.hosted
  JOIN sammen.session_leader l ON l.tenant_id = s.tenant_id AND l.session_id = s.id AND l.state IN ('coming', 'came')
  JOIN sammen.support_contact c ON c.tenant_id = l.tenant_id AND c.id = l.contact_id AND c.state = 'engaged'
  JOIN sammen.person p ON p.tenant_id = c.tenant_id AND p.id = c.person_id
 WHERE sammen.current_kind() = 'own' AND s.tenant_id = sammen.current_tenant() AND s.id = p_session AND s.state <> 'cancelled'
   AND p.user_id = sammen.current_user_id() AND (s.starts_at AT TIME ZONE 'Europe/Oslo')::date = sammen.norwegian_day());
END $$;
--;
-- Today's cards of the guests at a meeting, for one who leads it; each home's trail tells of it.
CREATE OR REPLACE FUNCTION sammen.group_day_list(p_session uuid) RETURNS TABLE (home_id uuid, seat_id uuid, sealed bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_joint uuid := sammen.joint_led_today(p_session); v_region uuid;
BEGIN
  SELECT g.region_id INTO v_region FROM sammen.joint_group g WHERE g.id = v_joint AND g.host_id = sammen.current_tenant();
  IF v_region IS NULL THEN RETURN; END IF;
  RETURN QUERY SELECT d.home_id, d.seat_id, d.sealed FROM sammen.read_day_cards('group', p_session,
    ARRAY(SELECT h.home_id FROM sammen.joint_homes(v_region, v_joint) h WHERE h.takes_part AND h.home_id <> sammen.current_tenant()),
    'Lederne leste dagslista for gruppa') d;
END $$;
--;
-- Whom the guests' leader may ring about them today: each home's name and the number it gave.
CREATE OR REPLACE FUNCTION sammen.group_day_duty(p_session uuid) RETURNS TABLE (home_id uuid, home text, duty text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_joint uuid := sammen.joint_led_today(p_session);
BEGIN
  RETURN QUERY SELECT p.partner_id, m.name, p.duty_phone FROM sammen.joint_partner p JOIN sammen.municipality m ON m.id = p.partner_id
   WHERE p.joint_group_id = v_joint AND p.host_id = sammen.current_tenant() AND p.state = 'yes';
END $$;
--;
-- This municipality's places in others' groups, by month in which a member held one: counts, for the settlement (C5). A trial
-- visit costs nothing, and neither does a place that was given and taken back the same day.
CREATE OR REPLACE FUNCTION sammen.joint_held() RETURNS TABLE (region_id uuid, host_id uuid, month date, places bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.current_tenant(); v_day date := sammen.norwegian_day();
BEGIN
  RETURN QUERY SELECT s.region_id, g.host_id, m.first::date, count(*)
    FROM sammen.joint_seat s JOIN sammen.joint_group g ON g.region_id = s.region_id AND g.id = s.joint_group_id
    CROSS JOIN LATERAL generate_series(date_trunc('month', s.member_from::timestamp),
      least(coalesce(s.ended_on, v_day), v_day, coalesce(g.valid_to, v_day))::timestamp, interval '1 month') m (first)
   WHERE s.home_id = v_tenant AND g.host_id <> v_tenant AND s.member_from IS NOT NULL
     AND (s.ended_on IS NULL OR s.ended_on > s.member_from)
   GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
END $$;
--;
-- Shared resources ------------------------------------------------------------------------------------------------
-- What this municipality owns or may borrow, or what the region's coordinators may: by the owner's own rules, while the
-- owner is a member. What has been retired is shown to its owner alone.
CREATE OR REPLACE FUNCTION sammen.lent_resources()
RETURNS TABLE (region_id uuid, id uuid, owner_id uuid, owner text, ours boolean, kind text, name text, place text, about text,
               contact text, holds int, wheelchair boolean, hours jsonb, lending text, lent_to uuid[], longest_hours int,
               ahead_days int, needs_yes boolean, price_note text, retired_on date, version int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid := sammen.current_tenant();
  v_region uuid := sammen.current_courses();
  v_day date := sammen.norwegian_day();
BEGIN
  RETURN QUERY SELECT r.region_id, r.id, r.owner_id, p.name, coalesce(r.owner_id = v_tenant, false), r.kind, r.name, r.place,
      r.about, r.contact, r.holds, r.wheelchair, r.hours, r.lending,
      CASE WHEN r.owner_id = v_tenant THEN r.lent_to ELSE '{}'::uuid[] END, r.longest_hours, r.ahead_days, r.needs_yes,
      r.price_note, r.retired_on, r.version
    FROM sammen.resource r JOIN sammen.municipality p ON p.id = r.owner_id
   WHERE r.owner_id = v_tenant
      OR ((r.retired_on IS NULL OR r.retired_on > v_day)
          AND EXISTS (SELECT 1 FROM sammen.region_membership m WHERE m.region_id = r.region_id AND m.municipality_id = r.owner_id
                AND m.valid_from <= v_day AND (m.valid_to IS NULL OR m.valid_to >= v_day))
          AND (r.region_id = v_region AND r.lending = 'region'
               OR (r.lending = 'region' OR r.lending = 'chosen' AND v_tenant = ANY (r.lent_to))
                  AND EXISTS (SELECT 1 FROM sammen.region_membership m WHERE m.region_id = r.region_id
                        AND m.municipality_id = v_tenant AND m.valid_from <= v_day
                        AND (m.valid_to IS NULL OR m.valid_to >= v_day))))
   ORDER BY r.kind, r.name, r.id;
END $$;
--;
-- When those resources are taken between two moments: by nobody, for nothing.
CREATE OR REPLACE FUNCTION sammen.resource_times(p_first timestamptz, p_last timestamptz)
RETURNS TABLE (resource_id uuid, starts_at timestamptz, ends_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT b.resource_id, b.starts_at, b.ends_at FROM sammen.booking b
   WHERE b.state IN ('asked', 'booked', 'handed_out') AND b.ends_at > p_first AND b.starts_at < p_last
     AND EXISTS (SELECT 1 FROM sammen.lent_resources() l WHERE l.region_id = b.region_id AND l.id = b.resource_id)
   ORDER BY b.starts_at, b.resource_id;
END $$;
--;
-- Times of a resource for this municipality, or for the region: the one place where bookings are made, holding the
-- resource meanwhile, so that takers come one at a time. All or none, unless `p_skip` leaves out those that are taken. A row
-- for each time: `booked`, `asked` (the owner has to say yes), `taken`, `past`, or `unknown` (absent and not lent look alike).
CREATE OR REPLACE FUNCTION sammen.book_resource(p_resource uuid, p_starts timestamptz[], p_ends timestamptz[], p_purpose text,
                                                p_purpose_id uuid, p_note text, p_by text, p_skip boolean)
RETURNS TABLE (n int, answer text, booking_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid := sammen.current_tenant();
  v_row record;
  v_series uuid := CASE WHEN cardinality(p_starts) > 1 THEN gen_random_uuid() END;
  v_state text;
  v_taken int[];
  v_past int[];
BEGIN
  SELECT r.region_id, r.id, r.owner_id, r.name, r.needs_yes, r.retired_on INTO v_row FROM sammen.resource r
   WHERE r.id = p_resource AND EXISTS (SELECT 1 FROM sammen.lent_resources() l WHERE l.region_id = r.region_id AND l.id = r.id)
   FOR UPDATE OF r;
  IF NOT FOUND OR p_purpose = 'maintenance' AND v_row.owner_id IS DISTINCT FROM v_tenant
     OR cardinality(p_starts) <> cardinality(p_ends) OR cardinality(p_starts) NOT BETWEEN 1 AND 60 THEN
    n := 1; answer := 'unknown'; RETURN NEXT; RETURN;
  END IF;
  SELECT array_agg(t.i) INTO v_past FROM unnest(p_starts, p_ends) WITH ORDINALITY AS t (s, e, i)
   WHERE t.s < now() - interval '15 minutes' OR t.e <= now()
      OR (t.e AT TIME ZONE 'Europe/Oslo')::date >= v_row.retired_on;
  SELECT array_agg(t.i) INTO v_taken FROM unnest(p_starts, p_ends) WITH ORDINALITY AS t (s, e, i)
   WHERE EXISTS (SELECT 1 FROM sammen.booking b WHERE b.region_id = v_row.region_id AND b.resource_id = v_row.id
                    AND b.state IN ('asked', 'booked', 'handed_out') AND tstzrange(b.starts_at, b.ends_at) && tstzrange(t.s, t.e));
  v_state := CASE WHEN v_row.needs_yes AND v_row.owner_id IS DISTINCT FROM v_tenant THEN 'asked' ELSE 'booked' END;
  FOR i IN 1 .. cardinality(p_starts) LOOP
    n := i; booking_id := NULL;
    IF i = ANY (v_past) THEN
      answer := 'past';
    ELSIF i = ANY (v_taken) THEN
      answer := 'taken';
    ELSIF NOT p_skip AND (v_past IS NOT NULL OR v_taken IS NOT NULL) THEN
      answer := 'free';
    ELSE
      answer := v_state; booking_id := gen_random_uuid();
      INSERT INTO sammen.booking (region_id, id, owner_id, booker_id, resource_id, resource_name, starts_at, ends_at, state, purpose,
                                  purpose_id, note, series_id, booked_by)
      VALUES (v_row.region_id, booking_id, v_row.owner_id, v_tenant, v_row.id, v_row.name, p_starts[i], p_ends[i], v_state, p_purpose,
              p_purpose_id, p_note, v_series, p_by);
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;
--;
-- The public form -------------------------------------------------------------------------------------------------
-- Doors without a session (docs/decisions/0018-a-door-without-a-session.md). They set no ticket and open no
-- municipality: they keep a sealed draft, give it back to who has its code, and add one sealed form. Each wants a proof
-- over all that it is given, so that an injected statement cannot knock.
-- Counts one use by an address in a municipality: `unknown` (no such municipality today), `wait` (as many as may be in
-- an hour), or `in`. Not granted to the app role.
CREATE OR REPLACE FUNCTION sammen.form_let_in(p_place uuid, p_address bytea, p_what text, p_most int) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM sammen.municipality m WHERE m.id = p_place AND m.valid_from <= sammen.norwegian_day()
                    AND (m.valid_to IS NULL OR m.valid_to >= sammen.norwegian_day())) THEN
    RETURN 'unknown';
  END IF;
  -- One at a time from an address, so that many at once are counted as well as many after each other.
  PERFORM pg_advisory_xact_lock(hashtextextended('sammen.form.' || p_what || encode(p_address, 'hex'), 0));
  IF (SELECT count(*) FROM sammen.form_knock k WHERE k.municipality_id = p_place AND k.address = p_address
         AND k.what = p_what AND k.at > now() - interval '1 hour') >= p_most THEN
    RETURN 'wait';
  END IF;
  INSERT INTO sammen.form_knock (id, municipality_id, address, what) VALUES (gen_random_uuid(), p_place, p_address, p_what);
  RETURN 'in';
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.form_checked(p_message text, p_sizes_fit boolean, p_expires bigint, p_proof bytea) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT sammen.proof_ok(p_message, p_expires, p_proof) THEN
    RAISE EXCEPTION 'form proof refused' USING ERRCODE = '28000';
  END IF;
  IF NOT coalesce(p_sizes_fit, false) THEN
    RAISE EXCEPTION 'form of a wrong size' USING ERRCODE = '22023';
  END IF;
END $$;
--;
-- Keeps a draft for thirty days from now; the same code again replaces what it held.
CREATE OR REPLACE FUNCTION sammen.form_save(p_place uuid, p_lookup bytea, p_sealed bytea, p_address bytea,
  p_expires bigint, p_proof bytea) RETURNS TABLE (answer text, kept_until date)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_until timestamptz := now() + interval '30 days';
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'form.save', p_place::text, encode(p_lookup, 'hex'),
      encode(sha256(p_sealed), 'hex'), encode(p_address, 'hex')),
    octet_length(p_lookup) = 32 AND octet_length(p_address) = 32 AND octet_length(p_sealed) BETWEEN 28 AND 65536,
    p_expires, p_proof);
  answer := sammen.form_let_in(p_place, p_address, 'save', 40);
  IF answer = 'in' THEN
    INSERT INTO sammen.form_draft (id, municipality_id, lookup, sealed, expires_at)
    VALUES (gen_random_uuid(), p_place, p_lookup, p_sealed, v_until)
    ON CONFLICT (municipality_id, lookup) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at;
    answer := 'saved'; kept_until := (v_until AT TIME ZONE 'Europe/Oslo')::date;
  END IF;
  RETURN NEXT;
END $$;
--;
-- A draft by its look-up value: `found`, or `none` alike for wrong, expired, sent and another municipality's.
CREATE OR REPLACE FUNCTION sammen.form_read(p_place uuid, p_lookup bytea, p_address bytea, p_expires bigint, p_proof bytea)
RETURNS TABLE (answer text, sealed bytea, kept_until date)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'form.read', p_place::text, encode(p_lookup, 'hex'), encode(p_address, 'hex')),
    octet_length(p_lookup) = 32 AND octet_length(p_address) = 32, p_expires, p_proof);
  answer := sammen.form_let_in(p_place, p_address, 'read', 20);
  IF answer = 'in' THEN
    SELECT d.sealed, (d.expires_at AT TIME ZONE 'Europe/Oslo')::date INTO sealed, kept_until FROM sammen.form_draft d
     WHERE d.municipality_id = p_place AND d.lookup = p_lookup AND d.expires_at > now();
    answer := CASE WHEN FOUND THEN 'found' ELSE 'none' END;
  END IF;
  RETURN NEXT;
END $$;
--;
-- Adds a form to a municipality's incoming ones, once for each page's own key (`p_sending`), and forgets its draft.
CREATE OR REPLACE FUNCTION sammen.form_send(p_place uuid, p_id uuid, p_reference text, p_birth date, p_language text,
  p_sealed bytea, p_sending bytea, p_lookup bytea, p_address bytea, p_expires bigint, p_proof bytea)
RETURNS TABLE (answer text, reference text, received_on date)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'form.send', p_place::text, p_id::text, p_reference, p_birth::text, p_language,
      encode(sha256(p_sealed), 'hex'), encode(p_sending, 'hex'), coalesce(encode(p_lookup, 'hex'), ''), encode(p_address, 'hex')),
    octet_length(p_sending) = 32 AND octet_length(p_address) = 32 AND octet_length(p_sealed) BETWEEN 28 AND 65536
      AND char_length(p_reference) BETWEEN 6 AND 16 AND p_birth BETWEEN date '1890-01-01' AND sammen.norwegian_day(),
    p_expires, p_proof);
  PERFORM pg_advisory_xact_lock(hashtextextended('sammen.form.' || p_place::text || encode(p_sending, 'hex'), 0));
  SELECT 'again', f.reference, f.received_on INTO answer, reference, received_on
    FROM sammen.incoming_form f WHERE f.tenant_id = p_place AND f.sending = p_sending;
  IF NOT FOUND THEN
    answer := sammen.form_let_in(p_place, p_address, 'send', 10);
    IF answer = 'in' THEN
      answer := 'sent'; reference := p_reference; received_on := sammen.norwegian_day();
      INSERT INTO sammen.incoming_form (tenant_id, id, reference, sending, received_on, birth_date, language, sealed)
      VALUES (p_place, p_id, p_reference, p_sending, received_on, p_birth, p_language, p_sealed);
      DELETE FROM sammen.form_draft d WHERE d.municipality_id = p_place AND d.lookup = p_lookup;
      INSERT INTO sammen.audit_entry (tenant_id, id, category, action, actor_name, role, why, object_kind, object_id)
      VALUES (p_place, gen_random_uuid(), 'change', 'form.received', '', '', '', 'incoming_form', p_id);
    END IF;
  END IF;
  RETURN NEXT;
END $$;
--;
-- Campaigns and who answers them (docs/decisions/0054-who-answers-a-poster.md) ----------------------------------------
-- Doors without a session, as for the public form: each wants a proof over all it is given, and none sets a ticket.
-- The campaigns of a region that have been published: what anybody may read on the net.
CREATE OR REPLACE FUNCTION sammen.published_campaigns(p_region text)
RETURNS TABLE (id uuid, region_id uuid, region_name text, slug text, is_open boolean, opens_on date, closes_on date,
  municipalities uuid[], texts jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_day date := sammen.norwegian_day();
BEGIN
  RETURN QUERY SELECT c.id, c.region_id, r.name, c.slug,
      c.state = 'open' AND v_day BETWEEN c.opens_on AND c.closes_on, c.opens_on, c.closes_on, c.municipalities, c.texts
    FROM sammen.campaign c JOIN sammen.region r ON r.id = c.region_id
   WHERE r.slug = p_region AND c.state <> 'draft' ORDER BY c.opens_on DESC, c.slug;
END $$;
--;
-- Where a code on a poster leads: the slugs of a published campaign and its region.
CREATE OR REPLACE FUNCTION sammen.campaign_of_code(p_code text) RETURNS TABLE (region_slug text, slug text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT r.slug, c.slug FROM sammen.campaign_source s
    JOIN sammen.campaign c ON c.region_id = s.region_id AND c.id = s.campaign_id AND c.state <> 'draft'
    JOIN sammen.region r ON r.id = c.region_id WHERE s.code = p_code AND s.kind <> 'direct' LIMIT 1;
END $$;
--;
-- What a municipality sees of the campaigns it takes part in: where they stand, how often each source was opened, and how
-- many forms were sent to this municipality from it. No other municipality's numbers.
CREATE OR REPLACE FUNCTION sammen.campaigns_here()
RETURNS TABLE (campaign_id uuid, slug text, is_open boolean, opens_on date, closes_on date, texts jsonb, source_id uuid,
  kind text, place text, views bigint, sent bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.current_tenant(); v_day date := sammen.norwegian_day();
BEGIN
  RETURN QUERY SELECT c.id, c.slug, c.state = 'open' AND v_day BETWEEN c.opens_on AND c.closes_on, c.opens_on, c.closes_on, c.texts, s.id, s.kind,
      s.place,
      coalesce((SELECT sum(t.times) FROM sammen.campaign_tally t WHERE t.region_id = s.region_id AND t.source_id = s.id
                   AND t.what = 'view'), 0)::bigint,
      coalesce((SELECT sum(t.times) FROM sammen.campaign_tally t WHERE t.region_id = s.region_id AND t.source_id = s.id
                   AND t.what = 'sent' AND t.municipality_id = v_tenant), 0)::bigint
    FROM sammen.campaign c JOIN sammen.campaign_source s ON s.region_id = c.region_id AND s.campaign_id = c.id
   WHERE c.state <> 'draft' AND v_tenant = ANY (c.municipalities)
     AND (s.municipality_id IS NULL OR s.municipality_id = v_tenant)
   ORDER BY c.opens_on DESC, c.slug, s.kind, s.place, s.id;
END $$;
--;
-- Counts one use by an address, or one notice to an e-mail address: whether there was room in the hour. Not granted.
CREATE OR REPLACE FUNCTION sammen.campaign_let_in(p_address bytea, p_what text, p_most int) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('sammen.campaign.' || p_what || encode(p_address, 'hex'), 0));
  IF (SELECT count(*) FROM sammen.campaign_knock k WHERE k.address = p_address AND k.what = p_what
         AND k.at > now() - interval '1 hour') >= p_most THEN
    RETURN false;
  END IF;
  INSERT INTO sammen.campaign_knock (id, address, what) VALUES (gen_random_uuid(), p_address, p_what);
  RETURN true;
END $$;
--;
-- Whether one more notice may go to an e-mail address: three an hour, and nobody fills another's mailbox by coming back each
-- hour: six a day. Not granted.
CREATE OR REPLACE FUNCTION sammen.campaign_mailbox(p_email bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- The day first: what is refused is not counted against whose mailbox it is.
  RETURN (SELECT count(*) FROM sammen.campaign_knock k WHERE k.address = p_email AND k.what = 'mail'
             AND k.at > now() - interval '1 day') < 6
     AND sammen.campaign_let_in(p_email, 'mail', 3);
END $$;
--;
-- One more of something from a source today. Not granted.
CREATE OR REPLACE FUNCTION sammen.campaign_count(p_source uuid, p_place uuid, p_what text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v sammen.campaign_source;
BEGIN
  SELECT * INTO v FROM sammen.campaign_source s WHERE s.id = p_source;
  PERFORM pg_advisory_xact_lock(hashtextextended('sammen.tally.' || p_source::text, 0));
  UPDATE sammen.campaign_tally t SET times = t.times + 1 WHERE t.region_id = v.region_id AND t.source_id = p_source
     AND t.on_day = sammen.norwegian_day() AND t.what = p_what AND t.municipality_id IS NOT DISTINCT FROM p_place;
  IF NOT FOUND THEN
    INSERT INTO sammen.campaign_tally (region_id, id, campaign_id, source_id, municipality_id, what, on_day, times)
    VALUES (v.region_id, gen_random_uuid(), v.campaign_id, p_source, p_place, p_what, sammen.norwegian_day(), 1);
  END IF;
END $$;
--;
-- The source a code in an address means: the campaign's own without a code when there is none such. Not granted.
CREATE OR REPLACE FUNCTION sammen.campaign_source_of(p_campaign uuid, p_code text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (SELECT s.id FROM sammen.campaign_source s WHERE s.campaign_id = p_campaign AND (s.code = p_code OR s.kind = 'direct')
         ORDER BY (s.code = p_code) DESC LIMIT 1);
--;
-- Counts that an open campaign's page was opened: at most sixty times an hour from one address.
CREATE OR REPLACE FUNCTION sammen.campaign_seen(p_campaign uuid, p_code text, p_address bytea, p_expires bigint, p_proof bytea)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_source uuid;
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'campaign.seen', p_campaign::text, p_code, encode(p_address, 'hex')),
    octet_length(p_address) = 32 AND char_length(p_code) <= 40, p_expires, p_proof);
  SELECT sammen.campaign_source_of(c.id, p_code) INTO v_source FROM sammen.campaign c
   WHERE c.id = p_campaign AND c.state = 'open' AND sammen.norwegian_day() BETWEEN c.opens_on AND c.closes_on;
  IF v_source IS NOT NULL AND sammen.campaign_let_in(p_address, 'view', 60) THEN
    PERFORM sammen.campaign_count(v_source, NULL, 'view');
  END IF;
END $$;
--;
-- Keeps a form for seven days, until its e-mail address is confirmed; once for each page's own key (`p_sending`).
-- `sent`, `again` (the same page), `closed` (the campaign, or not for that municipality) or `wait`.
CREATE OR REPLACE FUNCTION sammen.candidate_send(p_id uuid, p_campaign uuid, p_place uuid, p_code text, p_language text,
  p_sealed bytea, p_who bytea, p_wishes text, p_mail bytea, p_lookup bytea, p_email bytea, p_sending bytea, p_address bytea,
  p_expires bigint, p_proof bytea) RETURNS TABLE (answer text, id uuid, region_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_source uuid;
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'candidate.send', p_id::text, p_campaign::text, p_place::text, p_code, p_language,
      encode(sha256(p_sealed), 'hex'), encode(sha256(p_who), 'hex'), encode(sha256(convert_to(p_wishes, 'UTF8')), 'hex'),
      encode(sha256(p_mail), 'hex'), encode(p_lookup, 'hex'), encode(p_email, 'hex'), encode(p_sending, 'hex'),
      encode(p_address, 'hex')),
    octet_length(p_lookup) = 32 AND octet_length(p_email) = 32 AND octet_length(p_sending) = 32 AND octet_length(p_address) = 32
      AND octet_length(p_sealed) BETWEEN 28 AND 65536 AND octet_length(p_who) BETWEEN 28 AND 2048
      AND octet_length(p_mail) BETWEEN 28 AND 512 AND char_length(p_wishes) <= 4000 AND char_length(p_code) <= 40,
    p_expires, p_proof);
  SELECT c.region_id, sammen.campaign_source_of(c.id, p_code) INTO region_id, v_source FROM sammen.campaign c
    JOIN sammen.region_membership m ON m.region_id = c.region_id AND m.municipality_id = p_place
     AND m.valid_from <= sammen.norwegian_day() AND (m.valid_to IS NULL OR m.valid_to >= sammen.norwegian_day())
   WHERE c.id = p_campaign AND c.state = 'open' AND sammen.norwegian_day() BETWEEN c.opens_on AND c.closes_on
     AND p_place = ANY (c.municipalities);
  IF v_source IS NULL THEN answer := 'closed'; RETURN NEXT; RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('sammen.candidate.' || encode(p_sending, 'hex'), 0));
  SELECT 'again', a.id INTO answer, id FROM sammen.candidate_application a
   WHERE a.region_id = candidate_send.region_id AND a.sending = p_sending;
  IF FOUND THEN RETURN NEXT; RETURN; END IF;
  IF NOT sammen.campaign_let_in(p_address, 'send', 10) OR NOT sammen.campaign_mailbox(p_email) THEN
    answer := 'wait'; RETURN NEXT; RETURN;
  END IF;
  INSERT INTO sammen.candidate_application (id, region_id, municipality_id, source_id, language, sending, email, lookup,
      who_sealed, sealed, wishes, mail, mailed, expires_at)
  VALUES (p_id, region_id, p_place, v_source, p_language, p_sending, p_email, p_lookup, p_who, p_sealed, p_wishes::jsonb,
      p_mail, 1, now() + interval '7 days');
  PERFORM sammen.campaign_count(v_source, p_place, 'sent');
  answer := 'sent'; id := p_id;
  RETURN NEXT;
END $$;
--;
-- What has become of the notice about a form that is not confirmed, for the page one comes to after sending it.
CREATE OR REPLACE FUNCTION sammen.candidate_pending(p_id uuid, p_expires bigint, p_proof bytea)
RETURNS TABLE (who bytea, region_id uuid, mail bytea, lookup bytea, mail_state text, mailed int, kept_until date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'candidate.pending', p_id::text), true, p_expires, p_proof);
  RETURN QUERY SELECT a.who_sealed, a.region_id, a.mail, a.lookup, a.mail_state, a.mailed,
      (a.expires_at AT TIME ZONE 'Europe/Oslo')::date
    FROM sammen.candidate_application a WHERE a.id = p_id AND a.confirmed_at IS NULL AND a.expires_at > now();
END $$;
--;
-- Sends the confirmation once more, perhaps to a mended address: four notices a form, three an hour to an address.
CREATE OR REPLACE FUNCTION sammen.candidate_resend(p_id uuid, p_who bytea, p_mail bytea, p_lookup bytea, p_email bytea,
  p_address bytea, p_expires bigint, p_proof bytea) RETURNS TABLE (answer text, region_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'candidate.resend', p_id::text, encode(sha256(p_who), 'hex'),
      encode(sha256(p_mail), 'hex'), encode(p_lookup, 'hex'), encode(p_email, 'hex'), encode(p_address, 'hex')),
    octet_length(p_lookup) = 32 AND octet_length(p_email) = 32 AND octet_length(p_address) = 32
      AND octet_length(p_who) BETWEEN 28 AND 2048 AND octet_length(p_mail) BETWEEN 28 AND 512, p_expires, p_proof);
  answer := 'none';
  PERFORM 1 FROM sammen.candidate_application a WHERE a.id = p_id AND a.confirmed_at IS NULL AND a.expires_at > now() FOR UPDATE;
  IF FOUND THEN
    IF NOT sammen.campaign_let_in(p_address, 'mail', 6) OR NOT sammen.campaign_mailbox(p_email) THEN
      answer := 'wait';
    ELSE
      UPDATE sammen.candidate_application a SET who_sealed = p_who, mail = p_mail, lookup = p_lookup, email = p_email,
          mail_state = 'queued', mail_at = now(), mailed = a.mailed + 1
       WHERE a.id = p_id AND a.mailed < 4 RETURNING a.region_id INTO region_id;
      answer := CASE WHEN FOUND THEN 'sent' ELSE 'wait' END;
    END IF;
  END IF;
  RETURN NEXT;
END $$;
--;
-- The link in the e-mail, pressed: from now on the form is its municipality's. `none` alike for wrong, used and too old.
CREATE OR REPLACE FUNCTION sammen.candidate_confirm(p_lookup bytea, p_link bytea, p_mail bytea, p_address bytea,
  p_expires bigint, p_proof bytea) RETURNS TABLE (answer text, id uuid, region_id uuid, municipality_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'candidate.confirm', encode(p_lookup, 'hex'), encode(p_link, 'hex'),
      encode(sha256(p_mail), 'hex'), encode(p_address, 'hex')),
    octet_length(p_lookup) = 32 AND octet_length(p_link) = 32 AND octet_length(p_address) = 32
      AND octet_length(p_mail) BETWEEN 28 AND 512, p_expires, p_proof);
  answer := 'wait';
  IF sammen.campaign_let_in(p_address, 'link', 60) THEN
    UPDATE sammen.candidate_application a SET lookup = NULL, link = p_link, confirmed_at = now(), mail = p_mail,
        mail_state = 'queued', mail_at = now(), mailed = a.mailed + 1, expires_at = now() + interval '1 year'
     WHERE a.lookup = p_lookup AND a.confirmed_at IS NULL AND a.expires_at > now()
    RETURNING a.id, a.region_id, a.municipality_id INTO id, region_id, municipality_id;
    answer := CASE WHEN FOUND THEN 'confirmed' ELSE 'none' END;
  END IF;
  RETURN NEXT;
END $$;
--;
-- Whether the ticket is a job's. Not granted.
CREATE OR REPLACE FUNCTION sammen.is_job() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN string_to_array((sammen.open_ticket())[7], ',') && ARRAY['job'];
--;
-- A notice to send, for a job of the region: whom to, sealed, and which one it is. Held until the job's end.
CREATE OR REPLACE FUNCTION sammen.candidate_mail(p_id uuid)
RETURNS TABLE (who bytea, mail bytea, bound_to bytea, language text, what text, mailed int)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT coalesce(sammen.is_job(), false) THEN RAISE EXCEPTION 'not a job' USING ERRCODE = '28000'; END IF;
  RETURN QUERY SELECT a.who_sealed, a.mail, coalesce(a.link, a.lookup), a.language,
      CASE WHEN a.withdrawn_at IS NOT NULL THEN 'withdrawn' WHEN a.confirmed_at IS NOT NULL THEN 'link' ELSE 'confirm' END, a.mailed
    FROM sammen.candidate_application a WHERE a.id = p_id AND a.region_id = sammen.current_region()
     AND a.mail_state = 'queued' AND a.expires_at > now() FOR UPDATE SKIP LOCKED;
END $$;
--;
-- Notices that have waited for two minutes and not yet a week, for the visitor job: ids only.
CREATE OR REPLACE FUNCTION sammen.applications_to_mail() RETURNS TABLE (id uuid, region_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT a.id, a.region_id FROM sammen.candidate_application a WHERE a.mail_state = 'queued'
     AND a.mail_at BETWEEN now() - interval '7 days' AND now() - interval '2 minutes' AND a.expires_at > now()
   ORDER BY a.mail_at LIMIT 500;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.candidate_mailed(p_id uuid, p_state text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT coalesce(sammen.is_job(), false) THEN RAISE EXCEPTION 'not a job' USING ERRCODE = '28000'; END IF;
  UPDATE sammen.candidate_application a SET mail = NULL, mail_state = p_state
   WHERE a.id = p_id AND a.region_id = sammen.current_region() AND a.mail_state = 'queued';
END $$;
--;
-- A confirmed form, for a job of the municipality it was sent to. `sealed` is gone when it has been taken in.
CREATE OR REPLACE FUNCTION sammen.candidate_take(p_id uuid)
RETURNS TABLE (region_id uuid, source_id uuid, who bytea, sealed bytea, language text, wishes jsonb, contact_id uuid,
  withdrawn boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT coalesce(sammen.is_job(), false) THEN RAISE EXCEPTION 'not a job' USING ERRCODE = '28000'; END IF;
  RETURN QUERY SELECT a.region_id, a.source_id, a.who_sealed, a.sealed, a.language, a.wishes, a.contact_id,
      a.withdrawn_at IS NOT NULL
    FROM sammen.candidate_application a
   WHERE a.id = p_id AND a.municipality_id = sammen.current_tenant() AND a.confirmed_at IS NOT NULL FOR UPDATE;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.candidate_taken(p_id uuid, p_contact uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT coalesce(sammen.is_job(), false) THEN RAISE EXCEPTION 'not a job' USING ERRCODE = '28000'; END IF;
  UPDATE sammen.candidate_application a SET contact_id = p_contact, sealed = NULL
   WHERE a.id = p_id AND a.municipality_id = sammen.current_tenant() AND a.contact_id IS NULL
     AND EXISTS (SELECT 1 FROM sammen.support_contact c WHERE c.tenant_id = a.municipality_id AND c.id = p_contact);
END $$;
--;
-- Out of the pool, or out of some of it, at once: before any job has run. Not granted.
CREATE OR REPLACE FUNCTION sammen.candidate_hide(p_place uuid, p_contact uuid, p_wishes jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_pool boolean := coalesce((p_wishes ->> 'pool')::boolean, false);
  v_to uuid[] := ARRAY(SELECT jsonb_array_elements_text(coalesce(p_wishes -> 'municipalities', '[]'::jsonb))::uuid);
  v_gone text[] := ARRAY(SELECT u FROM unnest('{substitute,group}'::text[]) u WHERE NOT coalesce((p_wishes ->> u)::boolean, false));
BEGIN
  UPDATE sammen.candidate c SET
      withdrawn_at = CASE WHEN v_pool THEN c.withdrawn_at ELSE coalesce(c.withdrawn_at, now()) END,
      visible_to = ARRAY(SELECT m FROM unnest(c.visible_to) m WHERE m = ANY (v_to)),
      uses = ARRAY(SELECT u FROM unnest(c.uses) u WHERE u <> ALL (v_gone))
   WHERE c.home_id = p_place AND c.id = (SELECT s.candidate_id FROM sammen.support_contact s
                                          WHERE s.tenant_id = p_place AND s.id = p_contact);
  -- What proposals say of them goes from every page now; the job ends those that are under way (matching/timing.py).
  UPDATE sammen.proposal o SET version = o.version + 1, reasons = '[]'::jsonb, proposer_note = '', score = 0,
      candidate_card = jsonb_build_object('code', o.candidate_card -> 'code', 'home', o.candidate_card -> 'home', 'gone', true)
   WHERE o.home_id = p_place AND NOT o.candidate_card ? 'gone' AND (NOT v_pool OR o.need_tenant_id <> ALL (v_to || p_place))
     AND o.candidate_id = (SELECT s.candidate_id FROM sammen.support_contact s WHERE s.tenant_id = p_place AND s.id = p_contact);
  UPDATE sammen.pool_consent p SET ended_at = now(), ended_how = 'withdrawn'
   WHERE p.tenant_id = p_place AND p.contact_id = p_contact AND p.ended_at IS NULL
     AND NOT coalesce((p_wishes ->> p.use)::boolean, false) AND p.use <> 'load_light';
END $$;
--;
-- What an applicant's own link shows: how far it has come, and what they have said yes to. `none` alike for all others.
CREATE OR REPLACE FUNCTION sammen.candidate_own(p_link bytea, p_address bytea, p_expires bigint, p_proof bytea)
RETURNS TABLE (answer text, id uuid, region_id uuid, region_name text, municipality_id uuid, place_name text, who bytea,
  wishes jsonb, withdrawn boolean, stage text, in_pool boolean, has_pages boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'candidate.own', encode(p_link, 'hex'), encode(p_address, 'hex')),
    octet_length(p_link) = 32 AND octet_length(p_address) = 32, p_expires, p_proof);
  answer := 'wait';
  IF sammen.campaign_let_in(p_address, 'link', 60) THEN
    SELECT 'found', a.id, a.region_id, r.name, a.municipality_id, m.name, a.who_sealed, a.wishes, a.withdrawn_at IS NOT NULL,
        CASE WHEN c.id IS NULL THEN 'received'
             WHEN c.state = 'enquiry' AND c.answered_on IS NOT NULL THEN 'answered'
             WHEN c.state = 'suspended' THEN 'vetting' ELSE c.state END,
        EXISTS (SELECT 1 FROM sammen.candidate k WHERE k.home_id = a.municipality_id AND k.id = c.candidate_id
                   AND k.withdrawn_at IS NULL AND k.consent_until >= sammen.norwegian_day()),
        p.user_id IS NOT NULL
      INTO answer, id, region_id, region_name, municipality_id, place_name, who, wishes, withdrawn, stage, in_pool, has_pages
      FROM sammen.candidate_application a
      JOIN sammen.region r ON r.id = a.region_id JOIN sammen.municipality m ON m.id = a.municipality_id
      LEFT JOIN sammen.support_contact c ON c.tenant_id = a.municipality_id AND c.id = a.contact_id
      LEFT JOIN sammen.person p ON p.tenant_id = c.tenant_id AND p.id = c.person_id
     WHERE a.link = p_link AND a.expires_at > now();
    IF NOT FOUND THEN answer := 'none'; END IF;
  END IF;
  RETURN NEXT;
END $$;
--;
-- The applicant changes what is shared, or takes everything back (`p_withdraw`): hidden at once; a new link each time.
CREATE OR REPLACE FUNCTION sammen.candidate_change(p_link bytea, p_wishes text, p_withdraw boolean, p_new bytea, p_mail bytea,
  p_address bytea, p_expires bigint, p_proof bytea) RETURNS TABLE (answer text, id uuid, region_id uuid, municipality_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v sammen.candidate_application;
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'candidate.change', encode(p_link, 'hex'),
      encode(sha256(convert_to(p_wishes, 'UTF8')), 'hex'), p_withdraw::text, encode(p_new, 'hex'), encode(sha256(p_mail), 'hex'),
      encode(p_address, 'hex')),
    octet_length(p_link) = 32 AND octet_length(p_new) = 32 AND octet_length(p_address) = 32 AND char_length(p_wishes) <= 4000
      AND octet_length(p_mail) BETWEEN 28 AND 512, p_expires, p_proof);
  answer := 'wait';
  IF sammen.campaign_let_in(p_address, 'link', 60) THEN
    UPDATE sammen.candidate_application a SET wishes = p_wishes::jsonb, link = p_new, mail = p_mail, mail_state = 'queued',
        mail_at = now(), mailed = a.mailed + 1, expires_at = now() + CASE WHEN p_withdraw THEN interval '30 days' ELSE interval '1 year' END,
        withdrawn_at = CASE WHEN p_withdraw THEN now() END, sealed = CASE WHEN NOT p_withdraw THEN a.sealed END
     WHERE a.link = p_link AND a.expires_at > now() AND a.withdrawn_at IS NULL RETURNING a.* INTO v;
    answer := CASE WHEN FOUND THEN 'changed' ELSE 'none' END;
    IF answer = 'changed' THEN
      id := v.id; region_id := v.region_id; municipality_id := v.municipality_id;
      PERFORM sammen.candidate_hide(v.municipality_id, v.contact_id, v.wishes);
    END IF;
  END IF;
  RETURN NEXT;
END $$;
--;
-- A new link for who has lost theirs, by e-mail to the address they confirmed. The answer is the same for every address.
CREATE OR REPLACE FUNCTION sammen.candidate_lost(p_region uuid, p_email bytea, p_new bytea, p_mail bytea, p_address bytea,
  p_expires bigint, p_proof bytea) RETURNS TABLE (answer text, id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'candidate.lost', p_region::text, encode(p_email, 'hex'), encode(p_new, 'hex'),
      encode(sha256(p_mail), 'hex'), encode(p_address, 'hex')),
    octet_length(p_email) = 32 AND octet_length(p_new) = 32 AND octet_length(p_address) = 32
      AND octet_length(p_mail) BETWEEN 28 AND 512, p_expires, p_proof);
  answer := 'wait';
  IF sammen.campaign_let_in(p_address, 'mail', 6) THEN
    answer := 'asked';
    IF sammen.campaign_mailbox(p_email) THEN
      UPDATE sammen.candidate_application a SET link = p_new, mail = p_mail, mail_state = 'queued', mail_at = now(), mailed = a.mailed + 1
       WHERE a.id = (SELECT b.id FROM sammen.candidate_application b WHERE b.region_id = p_region AND b.email = p_email
                        AND b.confirmed_at IS NOT NULL AND b.withdrawn_at IS NULL AND b.expires_at > now()
                      ORDER BY b.confirmed_at DESC LIMIT 1) RETURNING a.id INTO id;
    END IF;
  END IF;
  RETURN NEXT;
END $$;
--;
-- The load over municipalities (C6) -------------------------------------------------------------------------------
-- Whether the contact is the signed-in person's own, in their own pages, and works here. Not granted.
CREATE OR REPLACE FUNCTION sammen.load_mine(p_contact uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN sammen.current_kind() IS NOT DISTINCT FROM 'own' AND EXISTS (
    SELECT 1 FROM sammen.support_contact c JOIN sammen.person p ON p.tenant_id = c.tenant_id AND p.id = c.person_id
     WHERE c.tenant_id = sammen.current_tenant() AND c.id = p_contact AND c.state IN ('engaged', 'paused')
       AND p.user_id = sammen.current_user_id());
END $$;
--;
-- The colour of a key's hours in a region: those of municipalities that are members today, and of contacts who still
-- work there. Not granted: whoever could ask by key could ask by number.
CREATE OR REPLACE FUNCTION sammen.load_colour(p_region uuid, p_key bytea) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_hours numeric; v_green numeric; v_yellow numeric;
BEGIN
  SELECT coalesce(sum(e.hours), 0) INTO v_hours FROM sammen.load_entry e
    JOIN sammen.support_contact c ON c.tenant_id = e.tenant_id AND c.id = e.contact_id AND c.state IN ('engaged', 'paused')
   WHERE e.region_id = p_region AND e.key = p_key AND EXISTS (
     SELECT 1 FROM sammen.region_membership m WHERE m.region_id = e.region_id AND m.municipality_id = e.tenant_id
        AND m.valid_from <= sammen.norwegian_day() AND (m.valid_to IS NULL OR m.valid_to >= sammen.norwegian_day()));
  SELECT l.green_to, l.yellow_to INTO v_green, v_yellow FROM sammen.load_limit l
   WHERE l.region_id = p_region AND l.valid_from <= sammen.norwegian_day() ORDER BY l.valid_from DESC LIMIT 1;
  RETURN CASE WHEN v_hours <= coalesce(v_green, 10) THEN 'green' WHEN v_hours <= coalesce(v_yellow, 20) THEN 'yellow'
              ELSE 'red' END;
END $$;
--;
-- The contact's own switch. On wants a proof over the key: an injected statement cannot put a key of its choice beside a
-- contact. Off forgets everything. True when it is now as asked; false for a contact that is not one's own.
CREATE OR REPLACE FUNCTION sammen.load_switch(p_contact uuid, p_region uuid, p_key bytea, p_on boolean, p_expires bigint,
  p_proof bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.current_tenant();
BEGIN
  IF NOT sammen.proof_ok(concat_ws('|', 'load.switch', p_contact::text, p_region::text, encode(p_key, 'hex'), p_on::text,
      sammen.current_user_id()::text), p_expires, p_proof) THEN
    RAISE EXCEPTION 'load proof refused' USING ERRCODE = '28000';
  END IF;
  IF NOT sammen.load_mine(p_contact) THEN RETURN false; END IF;
  IF NOT p_on THEN
    DELETE FROM sammen.load_entry e WHERE e.tenant_id = v_tenant AND e.contact_id = p_contact;
    RETURN true;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM sammen.region_membership m WHERE m.region_id = p_region AND m.municipality_id = v_tenant
      AND m.valid_from <= sammen.norwegian_day() AND (m.valid_to IS NULL OR m.valid_to >= sammen.norwegian_day())) THEN
    RETURN false;
  END IF;
  INSERT INTO sammen.load_entry (id, region_id, key, tenant_id, contact_id, switched_on_at)
  VALUES (gen_random_uuid(), p_region, p_key, v_tenant, p_contact, now()) ON CONFLICT (tenant_id, contact_id) DO NOTHING;
  RETURN true;
END $$;
--;
-- The light before anyone else sees it, for the contact themself; what the coordinator sees, and since when.
CREATE OR REPLACE FUNCTION sammen.load_own(p_contact uuid)
RETURNS TABLE (light text, shown_light text, shown_on date, counted_on date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF sammen.load_mine(p_contact) THEN
    RETURN QUERY SELECT sammen.load_colour(e.region_id, e.key), e.shown_light, e.shown_on, e.counted_on
      FROM sammen.load_entry e WHERE e.tenant_id = sammen.current_tenant() AND e.contact_id = p_contact;
  END IF;
END $$;
--;
-- The contact has seen this colour and lets the coordinator see it. False when it is another by now.
CREATE OR REPLACE FUNCTION sammen.load_show(p_contact uuid, p_light text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT sammen.load_mine(p_contact) THEN RETURN false; END IF;
  UPDATE sammen.load_entry e SET shown_light = p_light, shown_on = sammen.norwegian_day(), told_light = p_light
   WHERE e.tenant_id = sammen.current_tenant() AND e.contact_id = p_contact AND e.counted_on IS NOT NULL
     AND sammen.load_colour(e.region_id, e.key) = p_light;
  RETURN FOUND;
END $$;
--;
-- For the municipality's own coordinator: the colour its own contact has let be shown, and the day. Never the hours,
-- never where, and nothing by number; a contact of another municipality has no row here.
CREATE OR REPLACE FUNCTION sammen.load_light(p_contact uuid) RETURNS TABLE (light text, shown_on date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket();
BEGIN
  IF part[2] IS NOT DISTINCT FROM 'municipality' AND string_to_array(part[7], ',') && '{provider_coordinator}' THEN
    RETURN QUERY SELECT e.shown_light, e.shown_on FROM sammen.load_entry e
      JOIN sammen.support_contact c ON c.tenant_id = e.tenant_id AND c.id = e.contact_id AND c.state IN ('engaged', 'paused')
     WHERE e.tenant_id = nullif(part[3], '')::uuid AND e.contact_id = p_contact AND e.shown_light IS NOT NULL;
  END IF;
END $$;
--;
-- For the municipality's own job: contacts whose hours it keeps. Ids of its own contacts only.
CREATE OR REPLACE FUNCTION sammen.load_contacts() RETURNS TABLE (contact_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket();
BEGIN
  IF part[2] IS NOT DISTINCT FROM 'municipality' AND string_to_array(part[7], ',') && '{job}' THEN
    RETURN QUERY SELECT e.contact_id FROM sammen.load_entry e WHERE e.tenant_id = nullif(part[3], '')::uuid ORDER BY 1;
  END IF;
END $$;
--;
-- The municipality's own job counts a contact's hours, once a day: who could count as often as they liked could try
-- hours of their own until the colour turns, and so learn the hours elsewhere. True when the contact has a new colour
-- to be told of; which one, is not said.
CREATE OR REPLACE FUNCTION sammen.load_set(p_contact uuid, p_hours numeric) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  part text[] := sammen.open_ticket();
  e record; v_light text;
BEGIN
  IF part[2] IS DISTINCT FROM 'municipality' OR NOT string_to_array(part[7], ',') && '{job}' THEN
    RAISE EXCEPTION 'not allowed here' USING ERRCODE = '42501';
  END IF;
  UPDATE sammen.load_entry l SET hours = p_hours, counted_on = sammen.norwegian_day()
   WHERE l.tenant_id = nullif(part[3], '')::uuid AND l.contact_id = p_contact
     AND (l.counted_on IS NULL OR l.counted_on < sammen.norwegian_day());
  SELECT l.id, l.region_id, l.key, l.told_light INTO e FROM sammen.load_entry l
   WHERE l.tenant_id = nullif(part[3], '')::uuid AND l.contact_id = p_contact FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  v_light := sammen.load_colour(e.region_id, e.key);
  IF e.told_light IS NOT DISTINCT FROM v_light THEN RETURN false; END IF;
  UPDATE sammen.load_entry l SET told_light = v_light WHERE l.id = e.id;
  RETURN true;
END $$;
--;
-- Assemblies (C8, C9) ----------------------------------------------------------------------------------------------------
-- What is held jointly, a row for each meeting: in the region for those who keep its courses, in a municipality for the
-- regions it is a member of today. The last half year and what is to come. Nobody is in it.
CREATE OR REPLACE FUNCTION sammen.joint_assemblies()
RETURNS TABLE (assembly_id uuid, region_id uuid, host_id uuid, host text, kind text, title text, about text, led_by text,
               assembly_version int, id uuid, starts_at timestamptz, ends_at timestamptz, place text, link text, state text,
               cancel_why text, makeup_for uuid, door_code text, summary text, summary_at timestamptz, version int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid := sammen.current_tenant();
  v_region uuid := sammen.current_courses();
  v_day date := sammen.norwegian_day();
BEGIN
  RETURN QUERY SELECT a.id, a.region_id, a.host_id, coalesce(h.name, g.name), a.kind, a.title, a.about, a.led_by, a.version,
      m.id, m.starts_at, m.ends_at, m.place, m.link, m.state, m.cancel_why, m.makeup_for, m.door_code, m.summary,
      m.summary_at, m.version
    FROM sammen.joint_assembly a
    JOIN sammen.joint_meeting m ON m.region_id = a.region_id AND m.joint_assembly_id = a.id
     AND m.host_id IS NOT DISTINCT FROM a.host_id
    JOIN sammen.region g ON g.id = a.region_id
    LEFT JOIN sammen.municipality h ON h.id = a.host_id
   WHERE m.ends_at > now() - interval '183 days' AND (a.region_id = v_region OR a.region_id IN (
         SELECT r.region_id FROM sammen.region_membership r WHERE r.municipality_id = v_tenant
            AND r.valid_from <= v_day AND (r.valid_to IS NULL OR r.valid_to >= v_day)))
   ORDER BY m.starts_at, m.id;
END $$;
--;
-- A municipality tells how many of its own are invited to a joint meeting, say they come and came. Nothing happens for one
-- that is no member of the region today, or for a meeting that is not there: both look alike.
CREATE OR REPLACE FUNCTION sammen.tell_joint_count(p_meeting uuid, p_invited int, p_coming int, p_came int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid := sammen.current_tenant();
  v_day date := sammen.norwegian_day();
BEGIN
  INSERT INTO sammen.joint_count (region_id, id, joint_meeting_id, home_id, invited, coming, came)
  SELECT m.region_id, gen_random_uuid(), m.id, v_tenant, p_invited, p_coming, p_came FROM sammen.joint_meeting m
   WHERE m.id = p_meeting AND m.region_id IN (
         SELECT r.region_id FROM sammen.region_membership r WHERE r.municipality_id = v_tenant
            AND r.valid_from <= v_day AND (r.valid_to IS NULL OR r.valid_to >= v_day))
  ON CONFLICT (region_id, joint_meeting_id, home_id) DO UPDATE
     SET invited = excluded.invited, coming = excluded.coming, came = excluded.came, changed_at = now();
END $$;
--;
-- How many each member has invited to a joint meeting, say they come and came: for who holds it, that is the host, or the
-- region's course keepers. A number under three is none (NULL), so that nobody in a small municipality stands alone; a
-- municipality reads its own as they are.
CREATE OR REPLACE FUNCTION sammen.joint_assembly_counts(p_assembly uuid)
RETURNS TABLE (meeting_id uuid, home_id uuid, home text, invited int, coming int, came int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid := sammen.current_tenant();
  v_region uuid := sammen.current_courses();
BEGIN
  RETURN QUERY SELECT c.joint_meeting_id, c.home_id, h.name,
      CASE WHEN c.invited = 0 OR c.invited > 2 OR c.home_id = v_tenant THEN c.invited END,
      CASE WHEN c.coming = 0 OR c.coming > 2 OR c.home_id = v_tenant THEN c.coming END,
      CASE WHEN c.came = 0 OR c.came > 2 OR c.home_id = v_tenant THEN c.came END
    FROM sammen.joint_assembly a
    JOIN sammen.joint_meeting m ON m.region_id = a.region_id AND m.joint_assembly_id = a.id
    JOIN sammen.joint_count c ON c.region_id = m.region_id AND c.joint_meeting_id = m.id
    JOIN sammen.municipality h ON h.id = c.home_id
   WHERE a.id = p_assembly AND (a.region_id = v_region OR a.host_id = v_tenant)
     AND m.host_id IS NOT DISTINCT FROM a.host_id
   ORDER BY m.starts_at, m.id, h.name;
END $$;
--;
-- Newsletters (docs/decisions/0064-a-joint-newsletter-is-sent-by-each.md) -----------------------------------------------
-- An address typed in a municipality's public form waits for its link, seven days; the answer tells nothing of who is on a
-- list already. `p_box` is the mailbox wherever it is typed: who goes from municipality to municipality fills nobody's.
-- `unknown` (no such municipality today), `wait` (as many as may be in an hour) or `sent`.
CREATE OR REPLACE FUNCTION sammen.newsletter_sign_up(p_id uuid, p_place uuid, p_segment text, p_language text, p_mark bytea,
  p_sealed bytea, p_lookup bytea, p_mail bytea, p_box bytea, p_address bytea, p_expires bigint, p_proof bytea) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'newsletter.sign_up', p_id::text, p_place::text, p_segment, p_language,
      encode(p_mark, 'hex'), encode(sha256(p_sealed), 'hex'), encode(p_lookup, 'hex'), encode(sha256(p_mail), 'hex'),
      encode(p_box, 'hex'), encode(p_address, 'hex')),
    octet_length(p_mark) = 32 AND octet_length(p_lookup) = 32 AND octet_length(p_box) = 32 AND octet_length(p_address) = 32
      AND octet_length(p_sealed) BETWEEN 28 AND 1024 AND octet_length(p_mail) BETWEEN 28 AND 512, p_expires, p_proof);
  IF NOT EXISTS (SELECT 1 FROM sammen.municipality m WHERE m.id = p_place AND m.valid_from <= sammen.norwegian_day()
                    AND (m.valid_to IS NULL OR m.valid_to >= sammen.norwegian_day())) THEN
    RETURN 'unknown';
  END IF;
  IF NOT sammen.campaign_let_in(p_address, 'send', 10) OR NOT sammen.campaign_mailbox(p_box) THEN
    RETURN 'wait';
  END IF;
  INSERT INTO sammen.newsletter_signup (id, municipality_id, segment, language, mark, sealed, lookup, mail, expires_at)
  VALUES (p_id, p_place, p_segment, p_language, p_mark, p_sealed, p_lookup, p_mail, now() + interval '7 days');
  RETURN 'sent';
END $$;
--;
-- The mail with the link, for a job of the municipality: held until the job's end.
CREATE OR REPLACE FUNCTION sammen.newsletter_mail(p_id uuid)
RETURNS TABLE (mark bytea, sealed bytea, lookup bytea, mail bytea, language text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT coalesce(sammen.is_job(), false) THEN RAISE EXCEPTION 'not a job' USING ERRCODE = '28000'; END IF;
  RETURN QUERY SELECT s.mark, s.sealed, s.lookup, s.mail, s.language FROM sammen.newsletter_signup s
   WHERE s.id = p_id AND s.municipality_id = sammen.current_tenant() AND s.mail_state = 'queued' AND s.mail IS NOT NULL
     AND s.expires_at > now() FOR UPDATE SKIP LOCKED;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.newsletter_mailed(p_id uuid, p_state text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT coalesce(sammen.is_job(), false) THEN RAISE EXCEPTION 'not a job' USING ERRCODE = '28000'; END IF;
  UPDATE sammen.newsletter_signup s SET mail = NULL, mail_state = p_state
   WHERE s.id = p_id AND s.municipality_id = sammen.current_tenant() AND s.mail_state = 'queued';
END $$;
--;
-- Links that have waited for two minutes to be sent, and lists with mail that has been due as long, for the visitor job.
CREATE OR REPLACE FUNCTION sammen.newsletters_to_send() RETURNS TABLE (what text, id uuid, place_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT 'signup'::text, s.id, s.municipality_id FROM sammen.newsletter_signup s
   WHERE s.mail_state = 'queued' AND s.mail_at < now() - interval '2 minutes' AND s.expires_at > now()
   ORDER BY s.mail_at LIMIT 500;
  RETURN QUERY SELECT 'newsletter'::text, n.id, n.tenant_id FROM sammen.newsletter n WHERE n.state = 'sending'
     AND (NOT EXISTS (SELECT 1 FROM sammen.newsletter_recipient r WHERE r.tenant_id = n.tenant_id AND r.newsletter_id = n.id
                         AND r.state = 'queued')
       OR EXISTS (SELECT 1 FROM sammen.newsletter_recipient r WHERE r.tenant_id = n.tenant_id AND r.newsletter_id = n.id
                     AND r.state = 'queued' AND r.next_try_at < now() - interval '2 minutes'))
   LIMIT 500;
END $$;
--;
-- The link in the e-mail, pressed: the address is on the municipality's list. Pressed again: on it still. `none` alike for
-- wrong and too old.
CREATE OR REPLACE FUNCTION sammen.newsletter_confirm(p_lookup bytea, p_address bytea, p_expires bigint, p_proof bytea)
RETURNS TABLE (answer text, place_name text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v sammen.newsletter_signup;
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'newsletter.confirm', encode(p_lookup, 'hex'), encode(p_address, 'hex')),
    octet_length(p_lookup) = 32 AND octet_length(p_address) = 32, p_expires, p_proof);
  answer := 'wait';
  IF sammen.campaign_let_in(p_address, 'link', 60) THEN
    SELECT * INTO v FROM sammen.newsletter_signup s WHERE s.lookup = p_lookup AND s.expires_at > now() FOR UPDATE;
    answer := CASE WHEN v.id IS NULL THEN 'none' ELSE 'confirmed' END;
    IF v.id IS NOT NULL THEN
      INSERT INTO sammen.newsletter_subscriber (tenant_id, id, segment, mark, email_sealed, language, source, said_on)
      VALUES (v.municipality_id, gen_random_uuid(), v.segment, v.mark, v.sealed, v.language, 'public', sammen.norwegian_day())
      ON CONFLICT (tenant_id, segment, mark) DO UPDATE SET state = 'active', ended_at = NULL, ended_how = '',
        said_on = excluded.said_on, changed_at = now(), version = sammen.newsletter_subscriber.version + 1
       WHERE sammen.newsletter_subscriber.state = 'ended';
      SELECT m.name INTO place_name FROM sammen.municipality m WHERE m.id = v.municipality_id;
    END IF;
  END IF;
  RETURN NEXT;
END $$;
--;
-- Where a test of a newsletter goes: to the one who asked for it, and nowhere else. For the job that sends it.
CREATE OR REPLACE FUNCTION sammen.newsletter_tester() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT coalesce(sammen.is_job(), false) THEN RAISE EXCEPTION 'not a job' USING ERRCODE = '28000'; END IF;
  RETURN (SELECT u.email FROM sammen.user_account u WHERE u.id = sammen.current_user_id());
END $$;
--;
-- One click in a mail: the address, or the person, is off every list of that municipality. Says nothing, whatever it found,
-- and is never too late (RFC 8058).
CREATE OR REPLACE FUNCTION sammen.newsletter_unsubscribe(p_place uuid, p_subscriber uuid, p_expires bigint, p_proof bytea)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v sammen.newsletter_subscriber;
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'newsletter.unsubscribe', p_place::text, p_subscriber::text), true, p_expires, p_proof);
  SELECT * INTO v FROM sammen.newsletter_subscriber s WHERE s.tenant_id = p_place AND s.id = p_subscriber;
  UPDATE sammen.newsletter_subscriber s SET state = 'ended', ended_at = now(), ended_how = 'link', changed_at = now(),
      version = s.version + 1
   WHERE s.tenant_id = p_place AND s.state = 'active' AND (s.id = v.id OR s.mark = v.mark OR s.person_id = v.person_id);
  -- What is on its way has not left yet.
  UPDATE sammen.newsletter_recipient r SET state = 'left_out', reason = 'ended', address = NULL
    FROM sammen.newsletter_subscriber s
   WHERE r.tenant_id = p_place AND r.state = 'queued' AND s.tenant_id = r.tenant_id AND s.id = r.subscriber_id
     AND (s.id = v.id OR s.mark = v.mark OR s.person_id = v.person_id);
  UPDATE sammen.pool_consent p SET ended_at = now(), ended_how = 'withdrawn'
   WHERE p.tenant_id = p_place AND p.use = 'newsletter' AND p.ended_at IS NULL
     AND p.contact_id = (SELECT c.id FROM sammen.support_contact c WHERE c.tenant_id = p_place AND c.person_id = v.person_id);
END $$;
--;
-- The activity calendar (docs/decisions/0063-public-pages-without-a-cookie.md) ---------------------------------------------
-- The regions there are today, each with a mark that changes when anything anybody may read of its calendar does. A count
-- and a sum of versions, not the latest time: a transaction that began first may end last.
CREATE OR REPLACE FUNCTION sammen.calendar_stamps() RETURNS TABLE (id uuid, slug text, name text, stamp text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_day date := sammen.norwegian_day();
BEGIN
  RETURN QUERY SELECT r.id, r.slug, r.name, concat_ws('.', v_day,
      (SELECT concat_ws('.', count(*), sum(e.version)) FROM sammen.calendar_event e
        WHERE e.region_id = r.id AND e.published_at IS NOT NULL),
      (SELECT concat_ws('.', count(*), max(d.made_at)) FROM sammen.calendar_edition d WHERE d.region_id = r.id))
    FROM sammen.region r WHERE r.valid_from <= v_day AND (r.valid_to IS NULL OR r.valid_to >= v_day) ORDER BY r.name;
END $$;
--;
-- What stands in a region's calendar: published, and not over for more than a month, or called off within the last one.
-- Every column of such an event is for everybody to read; nothing else leaves.
CREATE OR REPLACE FUNCTION sammen.calendar_published(p_region uuid) RETURNS SETOF sammen.calendar_event
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT * FROM sammen.calendar_event e WHERE e.region_id = p_region
     AND e.last_day >= sammen.norwegian_day() - 30
     AND (e.state = 'published' OR e.state = 'cancelled' AND e.published_at IS NOT NULL AND e.cancelled_at > now() - interval '30 days')
   ORDER BY e.first_day, e.starts, e.id;
END $$;
--;
-- The half-years that have been printed, the newest of each; and one of them as a file.
CREATE OR REPLACE FUNCTION sammen.calendar_editions(p_region uuid)
RETURNS TABLE (id uuid, host_id uuid, half text, target text, language text, made_at timestamptz, bytes int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT DISTINCT ON (d.half, d.target, d.language, d.host_id)
      d.id, d.host_id, d.half, d.target, d.language, d.made_at, octet_length(d.content)
    FROM sammen.calendar_edition d WHERE d.region_id = p_region
   ORDER BY d.half, d.target, d.language, d.host_id, d.made_at DESC;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.calendar_edition_file(p_region uuid, p_id uuid)
RETURNS TABLE (half text, target text, language text, content bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT d.half, d.target, d.language, d.content FROM sammen.calendar_edition d
   WHERE d.region_id = p_region AND d.id = p_id;
END $$;
--;
-- Keeps what somebody sends in for seven days, until its e-mail address is confirmed; once for each page's own key. Counted
-- with the campaigns' knocks, under marks of its own. `sent`, `again`, `closed` (no such place here) or `wait`.
CREATE OR REPLACE FUNCTION sammen.calendar_send(p_id uuid, p_region uuid, p_place uuid, p_language text, p_document text,
  p_who bytea, p_mail bytea, p_lookup bytea, p_email bytea, p_sending bytea, p_address bytea, p_expires bigint, p_proof bytea)
RETURNS TABLE (answer text, id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_day date := sammen.norwegian_day();
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'calendar.send', p_id::text, p_region::text, coalesce(p_place::text, '-'), p_language,
      encode(sha256(convert_to(p_document, 'UTF8')), 'hex'), encode(sha256(p_who), 'hex'), encode(sha256(p_mail), 'hex'),
      encode(p_lookup, 'hex'), encode(p_email, 'hex'), encode(p_sending, 'hex'), encode(p_address, 'hex')),
    octet_length(p_lookup) = 32 AND octet_length(p_email) = 32 AND octet_length(p_sending) = 32 AND octet_length(p_address) = 32
      AND octet_length(p_who) BETWEEN 28 AND 2048 AND octet_length(p_mail) BETWEEN 28 AND 512
      AND char_length(p_document) <= 20000, p_expires, p_proof);
  IF NOT EXISTS (SELECT 1 FROM sammen.region r WHERE r.id = p_region AND r.valid_from <= v_day
                    AND (r.valid_to IS NULL OR r.valid_to >= v_day))
     OR p_place IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sammen.region_membership m WHERE m.region_id = p_region
         AND m.municipality_id = p_place AND m.valid_from <= v_day AND (m.valid_to IS NULL OR m.valid_to >= v_day)) THEN
    answer := 'closed'; RETURN NEXT; RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('sammen.calendar.' || encode(p_sending, 'hex'), 0));
  SELECT 'again', s.id INTO answer, id FROM sammen.calendar_submission s WHERE s.region_id = p_region AND s.sending = p_sending;
  IF FOUND THEN RETURN NEXT; RETURN; END IF;
  IF NOT sammen.campaign_let_in(p_address, 'send', 10) OR NOT sammen.campaign_mailbox(p_email) THEN
    answer := 'wait'; RETURN NEXT; RETURN;
  END IF;
  INSERT INTO sammen.calendar_submission (id, region_id, municipality_id, language, sending, email, lookup, who_sealed, document,
      mail, mailed, expires_at)
  VALUES (p_id, p_region, p_place, p_language, p_sending, p_email, p_lookup, p_who, p_document::jsonb, p_mail, 1,
      now() + interval '7 days');
  answer := 'sent'; id := p_id;
  RETURN NEXT;
END $$;
--;
-- What has become of the notice about something that is not confirmed, for the page one comes to after sending it.
CREATE OR REPLACE FUNCTION sammen.calendar_pending(p_id uuid, p_expires bigint, p_proof bytea)
RETURNS TABLE (who bytea, region_id uuid, mail bytea, lookup bytea, mail_state text, kept_until date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'calendar.pending', p_id::text), true, p_expires, p_proof);
  RETURN QUERY SELECT s.who_sealed, s.region_id, s.mail, s.lookup, s.mail_state, (s.expires_at AT TIME ZONE 'Europe/Oslo')::date
    FROM sammen.calendar_submission s WHERE s.id = p_id AND s.confirmed_at IS NULL AND s.expires_at > now();
END $$;
--;
-- Writes what somebody outside has sent into an event, and puts it before its host (again). Not granted.
CREATE OR REPLACE FUNCTION sammen.calendar_write(p_region uuid, p_event uuid, p_document jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE d sammen.calendar_event := jsonb_populate_record(NULL::sammen.calendar_event, p_document);
BEGIN
  UPDATE sammen.calendar_event e SET state = 'submitted', reason = '', cancelled_at = NULL, sequence = e.sequence + 1,
      version = e.version + 1, changed_at = now(), title = d.title, about = d.about, kind = d.kind, first_day = d.first_day,
      last_day = d.last_day, starts = d.starts, ends = d.ends, dates = d.dates, weekdays = d.weekdays, every = d.every,
      skip = d.skip, on_holidays = d.on_holidays, in_holy_week = d.in_holy_week, place = d.place, address = d.address,
      age_from = d.age_from, age_to = d.age_to, targets = d.targets, interests = d.interests, access = d.access,
      companion = d.companion, price_ore = d.price_ore, price_note = d.price_note, organiser = d.organiser, link = d.link,
      enrolment = d.enrolment, contact_phone = d.contact_phone, contact_email = d.contact_email
   WHERE e.region_id = p_region AND e.id = p_event;
END $$;
--;
-- The link in the e-mail, pressed: from now on it waits for its host. `none` alike for wrong, used and too old.
CREATE OR REPLACE FUNCTION sammen.calendar_confirm(p_lookup bytea, p_link bytea, p_mail bytea, p_address bytea,
  p_expires bigint, p_proof bytea) RETURNS TABLE (answer text, id uuid, region_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v sammen.calendar_submission; v_event uuid := gen_random_uuid();
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'calendar.confirm', encode(p_lookup, 'hex'), encode(p_link, 'hex'),
      encode(sha256(p_mail), 'hex'), encode(p_address, 'hex')),
    octet_length(p_lookup) = 32 AND octet_length(p_link) = 32 AND octet_length(p_address) = 32
      AND octet_length(p_mail) BETWEEN 28 AND 512, p_expires, p_proof);
  answer := 'wait';
  IF sammen.campaign_let_in(p_address, 'link', 60) THEN
    SELECT * INTO v FROM sammen.calendar_submission s WHERE s.lookup = p_lookup AND s.confirmed_at IS NULL AND s.expires_at > now()
       FOR UPDATE;
    answer := CASE WHEN FOUND THEN 'confirmed' ELSE 'none' END;
    IF answer = 'confirmed' THEN
      INSERT INTO sammen.calendar_event (region_id, id, host_id, municipality_id, outside, title, first_day, last_day, starts, place)
      VALUES (v.region_id, v_event, v.municipality_id, v.municipality_id, true, '', sammen.norwegian_day(), sammen.norwegian_day(),
          '00:00', '');
      PERFORM sammen.calendar_write(v.region_id, v_event, v.document);
      UPDATE sammen.calendar_submission s SET lookup = NULL, link = p_link, confirmed_at = now(), event_id = v_event,
          document = '{}', mail = p_mail, mail_what = 'link', mail_state = 'queued', mail_at = now(), mailed = s.mailed + 1,
          expires_at = greatest(now() + interval '1 year', ((v.document ->> 'last_day')::date + 60)::timestamptz)
       WHERE s.id = v.id;
      id := v.id; region_id := v.region_id;
    END IF;
  END IF;
  RETURN NEXT;
END $$;
--;
-- What the sender's own link shows.
CREATE OR REPLACE FUNCTION sammen.calendar_own(p_link bytea, p_address bytea, p_expires bigint, p_proof bytea)
RETURNS TABLE (answer text, id uuid, region_id uuid, region_slug text, event jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'calendar.own', encode(p_link, 'hex'), encode(p_address, 'hex')),
    octet_length(p_link) = 32 AND octet_length(p_address) = 32, p_expires, p_proof);
  answer := 'wait';
  IF sammen.campaign_let_in(p_address, 'link', 60) THEN
    SELECT 'found', s.id, s.region_id, r.slug, to_jsonb(e) INTO answer, id, region_id, region_slug, event
      FROM sammen.calendar_submission s JOIN sammen.region r ON r.id = s.region_id
      JOIN sammen.calendar_event e ON e.region_id = s.region_id AND e.id = s.event_id
     WHERE s.link = p_link AND s.expires_at > now();
    IF NOT FOUND THEN answer := 'none'; END IF;
  END IF;
  RETURN NEXT;
END $$;
--;
-- The sender mends it, and it waits for its host again, off the public pages meanwhile; or calls it off (`p_document` empty).
-- `changed`, `late` when it has been called off already, `none` or `wait`. The link stays.
CREATE OR REPLACE FUNCTION sammen.calendar_change(p_link bytea, p_document text, p_address bytea, p_expires bigint, p_proof bytea)
RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v sammen.calendar_submission; v_state text;
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'calendar.change', encode(p_link, 'hex'),
      encode(sha256(convert_to(p_document, 'UTF8')), 'hex'), encode(p_address, 'hex')),
    octet_length(p_link) = 32 AND octet_length(p_address) = 32 AND char_length(p_document) <= 20000, p_expires, p_proof);
  IF NOT sammen.campaign_let_in(p_address, 'link', 60) THEN RETURN 'wait'; END IF;
  SELECT * INTO v FROM sammen.calendar_submission s WHERE s.link = p_link AND s.expires_at > now();
  IF NOT FOUND THEN RETURN 'none'; END IF;
  SELECT e.state INTO v_state FROM sammen.calendar_event e WHERE e.region_id = v.region_id AND e.id = v.event_id FOR UPDATE;
  IF v_state IS NULL THEN RETURN 'none'; END IF;
  IF v_state = 'cancelled' THEN RETURN 'late'; END IF;
  IF p_document = '' THEN
    UPDATE sammen.calendar_event e SET state = 'cancelled', cancelled_at = now(), sequence = e.sequence + 1,
        version = e.version + 1, changed_at = now() WHERE e.region_id = v.region_id AND e.id = v.event_id;
  ELSE
    PERFORM sammen.calendar_write(v.region_id, v.event_id, p_document::jsonb);
  END IF;
  RETURN 'changed';
END $$;
--;
-- Its host has answered: a notice to who sent it in, with a new link. The submission's id and region, or nothing when the
-- event is not the caller's or was not sent in.
CREATE OR REPLACE FUNCTION sammen.calendar_tell(p_event uuid, p_what text, p_link bytea, p_mail bytea)
RETURNS TABLE (id uuid, region_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_what NOT IN ('published', 'rejected', 'cancelled') OR octet_length(p_link) <> 32 OR octet_length(p_mail) > 512 THEN
    RAISE EXCEPTION 'no such notice' USING ERRCODE = '22023';
  END IF;
  RETURN QUERY UPDATE sammen.calendar_submission s SET link = p_link, mail = p_mail, mail_what = p_what, mail_state = 'queued',
      mail_at = now(), mailed = s.mailed + 1
    FROM sammen.calendar_event e
   WHERE s.event_id = p_event AND s.expires_at > now() AND e.region_id = s.region_id AND e.id = p_event
     AND (e.host_id = sammen.current_tenant() OR e.host_id IS NULL AND e.region_id = sammen.current_project())
  RETURNING s.id, s.region_id;
END $$;
--;
-- A notice to send, for a job of the region: whom to, sealed, and which one it is. Held until the job's end.
CREATE OR REPLACE FUNCTION sammen.calendar_mail(p_id uuid)
RETURNS TABLE (who bytea, mail bytea, bound_to bytea, language text, what text, mailed int, title text, reason text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT coalesce(sammen.is_job(), false) THEN RAISE EXCEPTION 'not a job' USING ERRCODE = '28000'; END IF;
  RETURN QUERY SELECT s.who_sealed, s.mail, coalesce(s.link, s.lookup), s.language, s.mail_what, s.mailed,
      coalesce(e.title, s.document ->> 'title'), coalesce(e.reason, '')
    FROM sammen.calendar_submission s
    LEFT JOIN sammen.calendar_event e ON e.region_id = s.region_id AND e.id = s.event_id
   WHERE s.id = p_id AND s.region_id = sammen.current_region() AND s.mail_state = 'queued' AND s.expires_at > now()
     FOR UPDATE OF s SKIP LOCKED;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.calendar_mailed(p_id uuid, p_state text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT coalesce(sammen.is_job(), false) THEN RAISE EXCEPTION 'not a job' USING ERRCODE = '28000'; END IF;
  UPDATE sammen.calendar_submission s SET mail = NULL, mail_state = p_state
   WHERE s.id = p_id AND s.region_id = sammen.current_region() AND s.mail_state = 'queued';
END $$;
--;
-- Notices that have waited for two minutes and not yet a week, for the visitor job: ids only.
CREATE OR REPLACE FUNCTION sammen.calendar_to_mail() RETURNS TABLE (id uuid, region_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT s.id, s.region_id FROM sammen.calendar_submission s WHERE s.mail_state = 'queued'
     AND s.mail_at BETWEEN now() - interval '7 days' AND now() - interval '2 minutes' AND s.expires_at > now()
   ORDER BY s.mail_at LIMIT 500;
END $$;
--;
-- Figures ---------------------------------------------------------------------------------------------------------
-- The releases a member municipality may see: those shown now, of the regions it is a member of today.
CREATE OR REPLACE FUNCTION sammen.release_seen(p_release uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_day date := sammen.norwegian_day();
BEGIN
  RETURN (SELECT r.region_id FROM sammen.release r JOIN sammen.region_membership m ON m.region_id = r.region_id
     AND m.municipality_id = sammen.current_tenant() AND m.valid_from <= v_day AND (m.valid_to IS NULL OR m.valid_to >= v_day)
   WHERE r.id = p_release AND r.state = 'shown' LIMIT 1);
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.member_releases()
RETURNS TABLE (id uuid, region_id uuid, region_name text, period text, edition int, approved_at timestamptz, tables text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_day date := sammen.norwegian_day();
BEGIN
  RETURN QUERY SELECT r.id, r.region_id, g.name, r.period, r.edition, r.approved_at, r.tables
    FROM sammen.region_membership m JOIN sammen.region g ON g.id = m.region_id
    JOIN sammen.release r ON r.region_id = m.region_id AND r.state = 'shown'
   WHERE m.municipality_id = sammen.current_tenant() AND m.valid_from <= v_day AND (m.valid_to IS NULL OR m.valid_to >= v_day)
   ORDER BY g.name, r.period DESC;
END $$;
--;
-- What the municipality's region has agreed to reach: no secret to its members, and no figure.
CREATE OR REPLACE FUNCTION sammen.member_targets()
RETURNS TABLE (quantity text, direction text, value numeric, valid_from date, why text, set_by_name text, created_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_day date := sammen.norwegian_day();
BEGIN
  RETURN QUERY SELECT t.quantity, t.direction, t.value, t.valid_from, t.why, t.set_by_name, t.created_at
    FROM sammen.region_membership m JOIN sammen.target t ON t.region_id = m.region_id
   WHERE m.municipality_id = sammen.current_tenant() AND m.valid_from <= v_day AND (m.valid_to IS NULL OR m.valid_to >= v_day);
END $$;
---
CREATE OR REPLACE FUNCTION sammen.member_release_places(p_release uuid)
RETURNS TABLE (municipality_id uuid, name text, slug text, group_code text, group_name text, figures_edition int, measures text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT e.municipality_id, k.name, k.slug, e.group_code, e.group_name, e.figures_edition, e.measures
    FROM sammen.release_member e JOIN sammen.municipality k ON k.id = e.municipality_id
   WHERE e.release_id = p_release AND e.region_id = sammen.release_seen(p_release);
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.member_release_cells(p_release uuid)
RETURNS TABLE (measure text, table_id text, place text, key text, value numeric, hidden boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT c.measure, c.table_id, c.place, c.key, c.value, c.hidden FROM sammen.release_cell c
   WHERE c.release_id = p_release AND c.region_id = sammen.release_seen(p_release);
END $$;
--;
-- Inhabitants that a region's project manager has read in, of the newest year up to the wanted one: for the region
-- itself, and for the municipalities that are members of it today. They are public figures.
CREATE OR REPLACE FUNCTION sammen.region_inhabitants(p_year int)
RETURNS TABLE (municipality_id uuid, year int, band text, inhabitants int, source text, as_of date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_day date := sammen.norwegian_day();
BEGIN
  RETURN QUERY WITH used AS (
    SELECT c.municipality_id, c.year, c.band, c.inhabitants, e.source, e.as_of, e.used_at, e.edition
      FROM sammen.population_edition e JOIN sammen.population_count c ON c.region_id = e.region_id AND c.edition_id = e.id
     WHERE e.state = 'used' AND c.year <= p_year AND (e.region_id = sammen.current_region() OR EXISTS (
       SELECT 1 FROM sammen.region_membership m WHERE m.region_id = e.region_id AND m.municipality_id = sammen.current_tenant()
          AND m.valid_from <= v_day AND (m.valid_to IS NULL OR m.valid_to >= v_day))))
  SELECT DISTINCT ON (u.municipality_id, u.band) u.municipality_id, u.year, u.band, u.inhabitants, u.source, u.as_of
    FROM used u WHERE u.year = (SELECT max(n.year) FROM used n)
   ORDER BY u.municipality_id, u.band, u.used_at DESC, u.edition DESC;
END $$;
--;
-- Where the leaders of the job's own municipality are written to when figures are asked for.
CREATE OR REPLACE FUNCTION sammen.figure_approvers() RETURNS TABLE (user_id uuid, email text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT coalesce(sammen.is_job(), false) THEN RAISE EXCEPTION 'not a job' USING ERRCODE = '28000'; END IF;
  RETURN QUERY SELECT DISTINCT u.id, u.email FROM sammen.membership b JOIN sammen.user_account u ON u.id = b.user_id
   WHERE b.kind = 'municipality' AND b.municipality_id = sammen.current_tenant() AND b.role = 'manager'
     AND u.disabled_at IS NULL AND b.valid_from <= sammen.norwegian_day()
     AND (b.valid_to IS NULL OR b.valid_to >= sammen.norwegian_day());
END $$;
--;
-- A municipality's archive ----------------------------------------------------------------------------------------
-- Those who have, or have had, a role in the job's own municipality: names and addresses, and no way in. The proof keeps
-- them from an injected statement, which would otherwise list everybody's address.
CREATE OR REPLACE FUNCTION sammen.archive_people(p_expires bigint, p_proof bytea)
RETURNS TABLE (id uuid, email text, display_name text, language text, disabled_at timestamptz, created_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.current_tenant();
BEGIN
  IF v_tenant IS NULL OR NOT coalesce(sammen.is_job(), false)
     OR NOT sammen.proof_ok('archive|' || v_tenant::text, p_expires, p_proof) THEN
    RAISE EXCEPTION 'archive proof refused' USING ERRCODE = '28000';
  END IF;
  RETURN QUERY SELECT u.id, u.email, u.display_name, u.language, u.disabled_at, u.created_at FROM sammen.user_account u
   WHERE EXISTS (SELECT 1 FROM sammen.membership b WHERE b.user_id = u.id AND b.municipality_id = v_tenant) ORDER BY u.id;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.archive_memberships(p_expires bigint, p_proof bytea)
RETURNS TABLE (id uuid, user_id uuid, kind text, municipality_id uuid, role text, valid_from date, valid_to date,
               granted_by text, created_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.current_tenant();
BEGIN
  IF v_tenant IS NULL OR NOT coalesce(sammen.is_job(), false)
     OR NOT sammen.proof_ok('archive|' || v_tenant::text, p_expires, p_proof) THEN
    RAISE EXCEPTION 'archive proof refused' USING ERRCODE = '28000';
  END IF;
  RETURN QUERY SELECT b.id, b.user_id, b.kind, b.municipality_id, b.role, b.valid_from, b.valid_to, b.granted_by, b.created_at
    FROM sammen.membership b WHERE b.municipality_id = v_tenant ORDER BY b.id;
END $$;
--;
-- The end of the chain of the job's own municipality: its number, its seal and when.
CREATE OR REPLACE FUNCTION sammen.archive_head(p_expires bigint, p_proof bytea)
RETURNS TABLE (seal_no bigint, seal bytea, sealed_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant uuid := sammen.current_tenant();
BEGIN
  IF v_tenant IS NULL OR NOT coalesce(sammen.is_job(), false)
     OR NOT sammen.proof_ok('archive|' || v_tenant::text, p_expires, p_proof) THEN
    RAISE EXCEPTION 'archive proof refused' USING ERRCODE = '28000';
  END IF;
  RETURN QUERY SELECT h.seal_no, h.seal, h.sealed_at FROM sammen.audit_head h WHERE h.scope_id = v_tenant;
END $$;
--;
-- How far a municipality has come in leaving, for the operator: states, days and counts, and nothing of what it holds.
CREATE OR REPLACE FUNCTION sammen.operations_leaving(p_slug text)
RETURNS TABLE (id uuid, code text, name text, valid_from date, valid_to date, archives bigint, ready_on date,
               confirmed_on date, state text, closed_on date, controller text, deleted numeric, done_on date, certificate jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.operator_only();
  RETURN QUERY SELECT m.id, m.code, m.name, m.valid_from, m.valid_to,
      (SELECT count(*) FROM sammen.archive_export e WHERE e.tenant_id = m.id),
      (SELECT max(e.taken_at AT TIME ZONE 'Europe/Oslo')::date FROM sammen.archive_export e WHERE e.tenant_id = m.id),
      (SELECT max(e.confirmed_at AT TIME ZONE 'Europe/Oslo')::date FROM sammen.archive_export e WHERE e.tenant_id = m.id),
      d.state, d.closed_on, d.controller,
      (SELECT sum(v.value::numeric) FROM jsonb_each_text(d.rows) v), (d.done_at AT TIME ZONE 'Europe/Oslo')::date,
      d.certificate
    FROM sammen.municipality m LEFT JOIN sammen.departure d ON d.municipality_id = m.id WHERE m.slug = p_slug;
END $$;
--;
-- Municipalities with a finished file whose last day is over, for the visitor job: ids only.
CREATE OR REPLACE FUNCTION sammen.archives_to_drop() RETURNS TABLE (tenant_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT DISTINCT e.tenant_id FROM sammen.archive_export e
   WHERE e.state = 'ready' AND e.expires_on < sammen.norwegian_day();
END $$;
--;
-- What has had its time (docs/decisions/0083-what-goes-and-what-stays-of-it.md) ----------------------------------------------
-- Whether a line of an approved run may be carried out now: a job of the place, with a proof made outside the database over
-- exactly this; somebody has said yes who did not propose it; and no hold. Not granted.
CREATE OR REPLACE FUNCTION sammen.retention_may(p_item uuid, p_message text, p_expires bigint, p_proof bytea)
RETURNS sammen.retention_item
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid := sammen.current_tenant();
  i sammen.retention_item;
BEGIN
  IF v_tenant IS NULL OR NOT coalesce(sammen.is_job(), false)
     OR NOT sammen.proof_ok(concat_ws('|', 'retention', v_tenant::text, p_item::text, p_message), p_expires, p_proof) THEN
    RAISE EXCEPTION 'retention proof refused' USING ERRCODE = '28000';
  END IF;
  SELECT t.* INTO i FROM sammen.retention_item t
    JOIN sammen.retention_run r ON r.tenant_id = t.tenant_id AND r.id = t.run_id
   WHERE t.tenant_id = v_tenant AND t.id = p_item AND t.state = 'waiting' AND t.kept_until < sammen.norwegian_day()
     AND r.state = 'running' AND r.approved_by IS NOT NULL AND r.approved_by IS DISTINCT FROM r.made_by;
  IF NOT FOUND THEN RAISE EXCEPTION 'no such line of an approved run' USING ERRCODE = '28000'; END IF;
  IF EXISTS (
    SELECT 1 FROM sammen.legal_hold h
     WHERE h.tenant_id = v_tenant AND h.lifted_on IS NULL AND h.valid_from <= sammen.norwegian_day()
       AND (h.valid_to IS NULL OR h.valid_to >= sammen.norwegian_day())
       AND (h.case_id = i.case_id OR h.contact_id = i.contact_id OR (h.person_id = i.person_id
            AND (h.whole OR (i.case_id IS NULL AND i.contact_id IS NULL))))) THEN
    RAISE EXCEPTION 'held' USING ERRCODE = '28000';
  END IF;
  RETURN i;
END $$;
--;
-- Deletes rows of one table that go with a line, or empties one key of them. How many.
CREATE OR REPLACE FUNCTION sammen.retention_delete(p_item uuid, p_table text, p_column text, p_ids uuid[], p_expires bigint,
  p_proof bytea) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i sammen.retention_item := sammen.retention_may(p_item, concat_ws('|', p_table, p_column,
    encode(sha256(convert_to(array_to_string(p_ids, ','), 'UTF8')), 'hex')), p_expires, p_proof);
  v_count int;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM sammen.retention_reach t WHERE t.kind = i.kind AND t.table_name = p_table)
     OR p_table IN ('audit_entry', 'access_index') THEN
    RAISE EXCEPTION 'beyond its reach' USING ERRCODE = '28000';
  END IF;
  IF p_column = '' THEN
    EXECUTE format('DELETE FROM sammen.%I WHERE tenant_id = $1 AND id = ANY($2)', p_table) USING i.tenant_id, p_ids;
  ELSE
    EXECUTE format('UPDATE sammen.%I SET %I = NULL WHERE tenant_id = $1 AND id = ANY($2)', p_table, p_column)
      USING i.tenant_id, p_ids;
  END IF;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END $$;
--;
-- Takes the oldest sealed entries of the place's trail that were made before a day, and are about nobody who is held. What
-- goes leaves a gap with its numbers and its last seal, from which the chain is computed on. One row for each gap.
CREATE OR REPLACE FUNCTION sammen.retention_trim(p_item uuid, p_before date, p_most int, p_expires bigint, p_proof bytea)
RETURNS TABLE (first_no bigint, last_no bigint, seal bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i sammen.retention_item := sammen.retention_may(p_item, concat_ws('|', 'trim', p_before::text, p_most::text), p_expires,
    p_proof);
  v_gone uuid[]; g record;
BEGIN
  IF i.kind <> 'log' OR p_before > i.event_on + 1 THEN
    RAISE EXCEPTION 'beyond its reach' USING ERRCODE = '28000';
  END IF;
  -- The newest entry stays, so that the head always has a row to stand on.
  SELECT array_agg(x.id) INTO v_gone FROM (
    SELECT a.id FROM sammen.audit_entry a
     WHERE a.tenant_id = i.tenant_id AND a.seal_no IS NOT NULL AND a.at < p_before AND a.action <> 'retention.trimmed'
       AND a.seal_no < (SELECT h.seal_no FROM sammen.audit_head h WHERE h.scope_id = i.tenant_id)
       AND NOT EXISTS (SELECT 1 FROM sammen.legal_hold h WHERE h.tenant_id = a.tenant_id AND h.lifted_on IS NULL
                        AND h.person_id = ANY(a.persons))
     ORDER BY a.seal_no LIMIT p_most) x;
  IF v_gone IS NULL THEN RETURN; END IF;
  FOR g IN
    SELECT min(y.seal_no) AS lo, max(y.seal_no) AS hi FROM (
      SELECT a.seal_no, a.seal_no - row_number() OVER (ORDER BY a.seal_no) AS run FROM sammen.audit_entry a
       WHERE a.tenant_id = i.tenant_id AND a.id = ANY(v_gone)) y GROUP BY y.run ORDER BY 1 LOOP
    first_no := g.lo; last_no := g.hi;
    SELECT a.seal INTO seal FROM sammen.audit_entry a WHERE a.tenant_id = i.tenant_id AND a.seal_no = g.hi;
    INSERT INTO sammen.audit_gap (tenant_id, id, first_no, last_no, seal)
    VALUES (i.tenant_id, gen_random_uuid(), first_no, last_no, seal);
    RETURN NEXT;
  END LOOP;
  DELETE FROM sammen.access_index x WHERE x.tenant_id = i.tenant_id AND x.entry_id = ANY(v_gone);
  DELETE FROM sammen.audit_entry a WHERE a.tenant_id = i.tenant_id AND a.id = ANY(v_gone);
END $$;
--;
-- Accounts: second factors, codes, links, letters (docs/decisions/0080-accounts-with-two-factors.md) ------------------------------------------------
-- Whose account this session may change. One that somebody else vouched for may change nothing: else a binding to one
-- municipality were lifted by setting a password; nor may a persona's. `p_strong`: what is set up to confirm oneself with
-- has been shown, the app where there is one: a password alone puts no other telephone in its place.
CREATE OR REPLACE FUNCTION sammen.account_session(p_strong boolean) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record;
BEGIN
  SELECT w.user_id, w.assurance INTO s FROM sammen.web_session w WHERE w.id = sammen.current_session()
     AND w.ended_at IS NULL AND w.provider_id IS NULL AND w.bound_to IS NULL AND w.method <> 'persona';
  IF s.user_id IS NULL OR p_strong AND sammen.level_no(s.assurance) < (CASE
       WHEN EXISTS (SELECT 1 FROM sammen.second_factor f WHERE f.user_id = s.user_id AND f.confirmed_at IS NOT NULL) THEN 3
       WHEN EXISTS (SELECT 1 FROM sammen.user_account u WHERE u.id = s.user_id AND u.phone <> '')
         OR EXISTS (SELECT 1 FROM sammen.spare_code c WHERE c.user_id = s.user_id AND c.used_at IS NULL) THEN 2
       ELSE 0 END) THEN
    RAISE EXCEPTION 'not allowed here' USING ERRCODE = '42501';
  END IF;
  RETURN s.user_id;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.my_account()
RETURNS TABLE (name text, login text, login_checked boolean, phone text, has_password boolean, password_changed_at timestamptz,
  app_since timestamptz, recovery_left bigint, sheet_left bigint, locked boolean, assurance text, method text, provided boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT u.display_name, u.email, u.email_checked_at IS NOT NULL, u.phone, u.password_hash IS NOT NULL,
      u.password_changed_at,
      (SELECT f.confirmed_at FROM sammen.second_factor f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL),
      (SELECT count(*) FROM sammen.spare_code c WHERE c.user_id = u.id AND c.kind = 'recovery' AND c.used_at IS NULL),
      (SELECT count(*) FROM sammen.spare_code c WHERE c.user_id = u.id AND c.kind = 'sheet' AND c.used_at IS NULL),
      coalesce(u.codes_locked_until > now(), false), w.assurance, w.method,
      w.provider_id IS NOT NULL OR w.bound_to IS NOT NULL
    FROM sammen.web_session w JOIN sammen.user_account u ON u.id = w.user_id WHERE w.id = sammen.current_session();
END $$;
--;
-- Takes one of five tries before it is known whether the code is right, under the account's own lock: 200 at once are
-- five. False while locked. The fifth locks for a quarter of an hour; a right one clears the count.
CREATE OR REPLACE FUNCTION sammen.code_try(p_request uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_user uuid := sammen.account_session(false);
BEGIN
  UPDATE sammen.user_account u SET
      failed_codes = CASE WHEN u.codes_locked_until IS NULL THEN u.failed_codes + 1 ELSE 1 END,
      codes_locked_until = CASE WHEN u.codes_locked_until IS NULL AND u.failed_codes + 1 >= 5 THEN now() + interval '15 minutes' END
   WHERE u.id = v_user AND (u.codes_locked_until IS NULL OR u.codes_locked_until <= now());
  IF FOUND THEN RETURN true; END IF;
  INSERT INTO sammen.system_audit_entry (id, category, action, actor_id, actor_name, role, why, request_id)
  SELECT gen_random_uuid(), 'refusal', 'code.locked', u.id, u.display_name, '', 'too many wrong codes', p_request
    FROM sammen.user_account u WHERE u.id = v_user;
  RETURN false;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.code_wrong(p_request uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO sammen.system_audit_entry (id, category, action, actor_id, actor_name, role, why, request_id)
  SELECT gen_random_uuid(), 'refusal', 'code.wrong', u.id, u.display_name, '', 'wrong one-time code', p_request
    FROM sammen.user_account u WHERE u.id = sammen.account_session(false);
END $$;
--;
-- Not granted.
CREATE OR REPLACE FUNCTION sammen.code_right(p_user uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE sammen.user_account u SET failed_codes = 0, codes_locked_until = NULL WHERE u.id = p_user;
END $$;
--;
-- A code app's secret, sealed, held until the transaction's end; `p_pending`: the one that is being set up.
CREATE OR REPLACE FUNCTION sammen.totp_read(p_pending boolean) RETURNS TABLE (id uuid, sealed bytea, last_step bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT f.id, f.sealed, f.last_step::bigint FROM sammen.second_factor f
   WHERE f.user_id = sammen.account_session(false) AND (f.confirmed_at IS NULL) = p_pending
   ORDER BY f.made_at DESC LIMIT 1 FOR UPDATE;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.totp_begin(p_id uuid, p_sealed bytea, p_expires bigint, p_proof bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_user uuid := sammen.account_session(true);
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'totp.begin', sammen.current_session()::text, p_id::text, encode(sha256(p_sealed), 'hex')),
    octet_length(p_sealed) <= 200, p_expires, p_proof);
  DELETE FROM sammen.second_factor f WHERE f.user_id = v_user AND f.confirmed_at IS NULL;
  INSERT INTO sammen.second_factor (id, user_id, sealed) VALUES (p_id, v_user, p_sealed);
END $$;
--;
-- A code of this time step was right, says the program. Each step is taken once: `replayed` for an old one. A code for
-- the app that is being set up makes it the person's one: `confirmed`.
CREATE OR REPLACE FUNCTION sammen.totp_take(p_id uuid, p_step bigint, p_expires bigint, p_proof bytea) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_user uuid := sammen.account_session(false); v_new boolean;
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'totp.take', sammen.current_session()::text, p_id::text, p_step::text), true,
    p_expires, p_proof);
  UPDATE sammen.second_factor f SET last_step = p_step WHERE f.id = p_id AND f.user_id = v_user AND f.last_step < p_step
  RETURNING f.confirmed_at IS NULL INTO v_new;
  IF v_new IS NULL THEN RETURN 'replayed'; END IF;
  PERFORM sammen.code_right(v_user);
  IF NOT v_new THEN RETURN 'taken'; END IF;
  PERFORM sammen.account_session(true);
  DELETE FROM sammen.second_factor f WHERE f.user_id = v_user AND f.id <> p_id;
  UPDATE sammen.second_factor f SET confirmed_at = now() WHERE f.id = p_id;
  INSERT INTO sammen.system_audit_entry (id, category, action, actor_id, actor_name, role, why)
  SELECT gen_random_uuid(), 'change', 'factor.set', u.id, u.display_name, '', '' FROM sammen.user_account u WHERE u.id = v_user;
  RETURN 'confirmed';
END $$;
--;
-- This session is now of a higher level, and has another token: an old copy of the cookie stays behind.
CREATE OR REPLACE FUNCTION sammen.raise_session(p_level text, p_token_hash bytea, p_request uuid, p_expires bigint, p_proof bytea)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_user uuid := sammen.account_session(false);
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'raise', sammen.current_session()::text, p_level, encode(p_token_hash, 'hex')),
    octet_length(p_token_hash) = 32 AND p_level IN ('sent_code', 'second_factor'), p_expires, p_proof);
  UPDATE sammen.web_session w SET token_hash = p_token_hash,
      assurance = CASE WHEN sammen.level_no(w.assurance) < sammen.level_no(p_level) THEN p_level ELSE w.assurance END
   WHERE w.id = sammen.current_session();
  INSERT INTO sammen.system_audit_entry (id, category, action, actor_id, actor_name, role, why, request_id)
  SELECT gen_random_uuid(), 'change', 'login.raised', u.id, u.display_name, '', p_level, p_request FROM sammen.user_account u WHERE u.id = v_user;
END $$;
--;
-- Ten codes for the day the app is lost, in place of the old ones.
CREATE OR REPLACE FUNCTION sammen.recovery_make(p_marks bytea[], p_expires bigint, p_proof bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_user uuid := sammen.account_session(true);
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'recovery', sammen.current_session()::text, encode(sha256(convert_to(array_to_string(p_marks, ','), 'UTF8')), 'hex')),
    cardinality(p_marks) = 10, p_expires, p_proof);
  DELETE FROM sammen.spare_code c WHERE c.user_id = v_user AND c.kind = 'recovery';
  INSERT INTO sammen.spare_code (id, user_id, kind, mark) SELECT gen_random_uuid(), v_user, 'recovery', m FROM unnest(p_marks) m;
END $$;
--;
-- Uses one of the person's spare codes, once. The mark is keyed with what the database does not hold. NULL: none such.
CREATE OR REPLACE FUNCTION sammen.spare_take(p_mark bytea) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_user uuid := sammen.account_session(false); v_kind text;
BEGIN
  UPDATE sammen.spare_code c SET used_at = now() WHERE c.user_id = v_user AND c.mark = p_mark AND c.used_at IS NULL
  RETURNING c.kind INTO v_kind;
  IF v_kind IS NOT NULL THEN PERFORM sammen.code_right(v_user); END IF;
  RETURN v_kind;
END $$;
--;
-- Where a letter about an account is carried: a place of the person's, or any municipality for those who have none.
CREATE OR REPLACE FUNCTION sammen.account_place(p_user uuid) RETURNS TABLE (kind text, scope_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT CASE WHEN b.region_id IS NULL THEN 'municipality' ELSE 'region' END, coalesce(b.municipality_id, b.region_id)
    FROM sammen.membership b WHERE b.user_id = p_user AND b.kind <> 'operations' AND b.valid_from <= sammen.norwegian_day()
     AND (b.valid_to IS NULL OR b.valid_to >= sammen.norwegian_day()) ORDER BY b.kind, b.id LIMIT 1;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'municipality', m.id FROM sammen.municipality m ORDER BY m.code LIMIT 1;
  END IF;
END $$;
--;
-- Not granted.
CREATE OR REPLACE FUNCTION sammen.account_post(p_user uuid, p_notice uuid, p_channel text, p_address text, p_code text,
  p_sealed bytea, p_minutes int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_address = '' OR p_channel = 'email' AND strpos(p_address, '@') = 0 THEN RETURN; END IF;
  INSERT INTO sammen.account_notice (id, user_id, kind, scope_id, channel, address, code, sealed, good_until)
  SELECT p_notice, p_user, a.kind, a.scope_id, p_channel, p_address, p_code, p_sealed, now() + make_interval(mins => p_minutes)
    FROM sammen.account_place(p_user) a;
END $$;
--;
-- Tells somebody of a change to their account, at the address they log in with: what, never by whom.
CREATE OR REPLACE FUNCTION sammen.account_tell(p_user uuid, p_code text, p_notice uuid, p_expires bigint, p_proof bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'account.tell', p_user::text, p_code, p_notice::text), true, p_expires, p_proof);
  PERFORM sammen.account_post(p_user, p_notice, 'email', u.email, p_code, NULL, 10080)
    FROM sammen.user_account u WHERE u.id = p_user AND u.email_checked_at IS NOT NULL;
END $$;
--;
-- Where a letter's job is to run. One that is no letter gets an answer too: what asks must look alike.
CREATE OR REPLACE FUNCTION sammen.account_notice_place(p_notice uuid) RETURNS TABLE (kind text, scope_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT n.kind, n.scope_id FROM sammen.account_notice n WHERE n.id = p_notice;
  IF NOT FOUND THEN RETURN QUERY SELECT a.kind, a.scope_id FROM sammen.account_place(NULL) a; END IF;
END $$;
--;
-- A letter to carry, for its place's job; held until the job's end.
CREATE OR REPLACE FUNCTION sammen.account_notice_take(p_notice uuid)
RETURNS TABLE (channel text, address text, code text, language text, sealed bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT coalesce(sammen.is_job(), false) THEN RAISE EXCEPTION 'not a job' USING ERRCODE = '28000'; END IF;
  RETURN QUERY SELECT n.channel, n.address, n.code, u.language, n.sealed FROM sammen.account_notice n
    JOIN sammen.user_account u ON u.id = n.user_id
   WHERE n.id = p_notice AND n.state = 'queued' AND n.good_until > now()
     AND n.scope_id = coalesce(sammen.current_tenant(), sammen.current_region()) FOR UPDATE OF n SKIP LOCKED;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.account_noticed(p_notice uuid, p_state text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT coalesce(sammen.is_job(), false) THEN RAISE EXCEPTION 'not a job' USING ERRCODE = '28000'; END IF;
  UPDATE sammen.account_notice n SET state = p_state, sealed = NULL WHERE n.id = p_notice AND n.state = 'queued'
     AND n.scope_id = coalesce(sammen.current_tenant(), sammen.current_region());
END $$;
--;
-- Letters that have waited two minutes and are still good, for the visitor job: ids only.
CREATE OR REPLACE FUNCTION sammen.account_notices_due() RETURNS TABLE (id uuid, kind text, scope_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT n.id, n.kind, n.scope_id FROM sammen.account_notice n WHERE n.state = 'queued' AND n.good_until > now()
     AND n.made_at < now() - interval '2 minutes' ORDER BY n.made_at LIMIT 500;
END $$;
--;
-- A six-digit code to one's own telephone or address. `login` goes to the telephone that has been shown to be theirs.
-- `sent`, `wait` (three in ten minutes, ten in a day) or `none` (nowhere to send it).
CREATE OR REPLACE FUNCTION sammen.sent_code_make(p_id uuid, p_what text, p_address text, p_mark bytea, p_notice uuid,
  p_sealed bytea, p_expires bigint, p_proof bytea) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_user uuid := sammen.account_session(p_what <> 'login');
  v_address text := CASE WHEN p_what = 'login' THEN (SELECT u.phone FROM sammen.user_account u WHERE u.id = v_user) ELSE p_address END;
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'sent_code', sammen.current_session()::text, p_id::text, p_what,
    encode(sha256(convert_to(p_address, 'UTF8')), 'hex'), encode(p_mark, 'hex'), p_notice::text, encode(sha256(p_sealed), 'hex')),
    octet_length(p_mark) = 32, p_expires, p_proof);
  PERFORM 1 FROM sammen.user_account u WHERE u.id = v_user FOR UPDATE;
  IF v_address = '' THEN RETURN 'none'; END IF;
  IF (SELECT count(*) FROM sammen.sent_code c WHERE c.user_id = v_user AND c.made_at > now() - interval '10 minutes') >= 3
     OR (SELECT count(*) FROM sammen.sent_code c WHERE c.user_id = v_user AND c.made_at > now() - interval '1 day') >= 10 THEN
    RETURN 'wait';
  END IF;
  INSERT INTO sammen.sent_code (id, user_id, what, address, mark, expires_at)
  VALUES (p_id, v_user, p_what, v_address, p_mark, now() + interval '10 minutes');
  PERFORM sammen.account_post(v_user, p_notice, CASE p_what WHEN 'email' THEN 'email' ELSE 'sms' END, v_address, 'account_code', p_sealed, 10);
  RETURN 'sent';
END $$;
--;
-- Tries a code against the newest one sent: five tries, once. `right`, `wrong`, or `taken`: the address is another's
-- login. A telephone or an address that has answered becomes the person's.
CREATE OR REPLACE FUNCTION sammen.sent_code_take(p_what text, p_mark bytea) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_user uuid := sammen.account_session(p_what <> 'login'); c record;
BEGIN
  SELECT * INTO c FROM sammen.sent_code x WHERE x.user_id = v_user AND x.what = p_what AND x.used_at IS NULL AND x.tries < 5
     AND x.expires_at > now() ORDER BY x.made_at DESC LIMIT 1 FOR UPDATE;
  IF c.id IS NULL THEN RETURN 'wrong'; END IF;
  IF c.mark IS DISTINCT FROM p_mark THEN
    UPDATE sammen.sent_code x SET tries = x.tries + 1 WHERE x.id = c.id;
    RETURN 'wrong';
  END IF;
  IF p_what = 'email' AND EXISTS (SELECT 1 FROM sammen.user_account u WHERE u.email = c.address AND u.id <> v_user) THEN
    RETURN 'taken';
  END IF;
  UPDATE sammen.sent_code x SET used_at = now() WHERE x.id = c.id;
  UPDATE sammen.user_account u SET phone = CASE WHEN p_what = 'phone' THEN c.address ELSE u.phone END,
      email = CASE WHEN p_what = 'email' THEN c.address ELSE u.email END,
      email_checked_at = CASE WHEN p_what = 'email' THEN now() ELSE u.email_checked_at END WHERE u.id = v_user;
  IF p_what = 'email' THEN
    -- What was sent to the address before opens nothing any more: whoever has that mailbox now is not asked.
    UPDATE sammen.account_link l SET withdrawn_at = now()
     WHERE l.user_id = v_user AND l.used_at IS NULL AND l.withdrawn_at IS NULL;
  END IF;
  PERFORM sammen.code_right(v_user);
  RETURN 'right';
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.my_password(p_expires bigint, p_proof bytea) RETURNS TABLE (password_hash text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'my_password', sammen.current_session()::text), true, p_expires, p_proof);
  RETURN QUERY SELECT u.password_hash FROM sammen.user_account u WHERE u.id = sammen.account_session(true);
END $$;
--;
-- A new password of one's own: every other session ends.
CREATE OR REPLACE FUNCTION sammen.password_set(p_hash text, p_request uuid, p_expires bigint, p_proof bytea) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_user uuid := sammen.account_session(true); v_ended int;
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'password', sammen.current_session()::text, p_hash), true, p_expires, p_proof);
  UPDATE sammen.user_account u SET password_hash = p_hash, password_changed_at = now(), failed_logins = 0, locked_until = NULL
   WHERE u.id = v_user;
  UPDATE sammen.web_session w SET ended_at = now()
   WHERE w.user_id = v_user AND w.ended_at IS NULL AND w.id <> sammen.current_session();
  GET DIAGNOSTICS v_ended = ROW_COUNT;
  UPDATE sammen.account_link l SET withdrawn_at = now()
   WHERE l.user_id = v_user AND l.what = 'reset' AND l.used_at IS NULL AND l.withdrawn_at IS NULL;
  INSERT INTO sammen.system_audit_entry (id, category, action, actor_id, actor_name, role, why, request_id)
  SELECT gen_random_uuid(), 'change', 'password.changed', u.id, u.display_name, '', '', p_request FROM sammen.user_account u WHERE u.id = v_user;
  RETURN v_ended;
END $$;
--;
-- Whether somebody may knock at a door of accounts once more; under a lock, so that it is exact. Not granted.
CREATE OR REPLACE FUNCTION sammen.account_let_in(p_who bytea, p_what text, p_most int, p_hours int) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('sammen.account.' || p_what || encode(p_who, 'hex'), 0));
  IF (SELECT count(*) FROM sammen.account_knock k WHERE k.who = p_who AND k.what = p_what
         AND k.at > now() - make_interval(hours => p_hours)) >= p_most THEN
    RETURN false;
  END IF;
  INSERT INTO sammen.account_knock (id, who, what) VALUES (gen_random_uuid(), p_who, p_what);
  RETURN true;
END $$;
--;
-- One try at a password, counted before it is known whether it is right: 200 at once are five. Looks alike for unknown,
-- locked and closed accounts but for `password_hash`, which the program checks a dummy in place of.
CREATE OR REPLACE FUNCTION sammen.login_try(p_login text, p_expires bigint, p_proof bytea)
RETURNS TABLE (user_id uuid, password_hash text, locked boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT sammen.proof_ok('try|' || p_login, p_expires, p_proof) THEN
    RAISE EXCEPTION 'look-up proof refused' USING ERRCODE = '28000';
  END IF;
  RETURN QUERY UPDATE sammen.user_account u SET
      failed_logins = CASE WHEN u.locked_until > now() THEN u.failed_logins WHEN u.locked_until IS NOT NULL THEN 1 ELSE u.failed_logins + 1 END,
      locked_until = CASE WHEN u.locked_until > now() THEN u.locked_until
        WHEN u.locked_until IS NULL AND u.failed_logins + 1 >= 5 THEN now() + interval '15 minutes' END
   FROM (SELECT x.id, coalesce(x.locked_until > now(), false) AS was FROM sammen.user_account x
          WHERE x.email = lower(p_login) AND x.disabled_at IS NULL FOR UPDATE) before
   WHERE u.id = before.id RETURNING u.id, u.password_hash, before.was;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.login_refused(p_login text, p_request uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO sammen.system_audit_entry (id, category, action, actor_id, actor_name, role, why, request_id)
  VALUES (gen_random_uuid(), 'refusal', 'login.failed', (SELECT u.id FROM sammen.user_account u WHERE u.email = lower(p_login)),
    '', '', 'wrong address or password', p_request);
END $$;
--;
-- Somebody has forgotten their password: a link, good for half an hour, to an address that is known to be theirs. Unknown
-- addresses, and those asked for too often, get nothing and are told the same. `wait`: too many from that network.
CREATE OR REPLACE FUNCTION sammen.reset_ask(p_login text, p_who bytea, p_network bytea, p_lookup bytea, p_notice uuid,
  p_sealed bytea, p_request uuid, p_expires bigint, p_proof bytea) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_user uuid; v_free boolean;
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'reset.ask', encode(p_who, 'hex'), encode(p_network, 'hex'),
    encode(p_lookup, 'hex'), p_notice::text, encode(sha256(p_sealed), 'hex')),
    octet_length(p_who) = 32 AND octet_length(p_network) = 32 AND octet_length(p_lookup) = 32, p_expires, p_proof);
  IF NOT sammen.account_let_in(p_network, 'reset', 20, 1) THEN RETURN 'wait'; END IF;
  v_free := sammen.account_let_in(p_who, 'mailbox', 3, 1);
  SELECT u.id INTO v_user FROM sammen.user_account u WHERE u.email = lower(p_login) AND u.disabled_at IS NULL
     AND u.email_checked_at IS NOT NULL AND u.password_hash IS NOT NULL AND v_free;
  UPDATE sammen.account_link l SET withdrawn_at = now()
   WHERE l.user_id = v_user AND l.what = 'reset' AND l.used_at IS NULL AND l.withdrawn_at IS NULL;
  INSERT INTO sammen.account_link (id, user_id, what, lookup, expires_at)
  SELECT gen_random_uuid(), u.id, 'reset', p_lookup, now() + interval '30 minutes' FROM sammen.user_account u WHERE u.id = v_user;
  PERFORM sammen.account_post(u.id, p_notice, 'email', u.email, 'password_link', p_sealed, 30) FROM sammen.user_account u WHERE u.id = v_user;
  INSERT INTO sammen.system_audit_entry (id, category, action, actor_id, actor_name, role, why, request_id)
  VALUES (gen_random_uuid(), 'change', 'password.link_asked', v_user, '', '', '', p_request);
  RETURN 'sent';
END $$;
--;
-- Whether an offer must wait for the account's own login: somebody has a password for that address, and has never answered
-- from it. They may have claimed it before its owner came, and would get the role. Not granted.
CREATE OR REPLACE FUNCTION sammen.only_claimed(p_user uuid, p_what text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN p_what = 'join' AND EXISTS (SELECT 1 FROM sammen.user_account u WHERE u.id = p_user AND u.password_hash IS NOT NULL
      AND u.email_checked_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM sammen.web_session w WHERE w.id = sammen.current_session() AND w.user_id = p_user
      AND w.provider_id IS NULL AND w.bound_to IS NULL);
END $$;
--;
-- Whether an offer of a role still stands: who made it is the municipality's administrator today. Other links stand. Not granted.
CREATE OR REPLACE FUNCTION sammen.offer_stands(p_what text, p_maker uuid, p_municipality uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN p_what <> 'join' OR EXISTS (SELECT 1 FROM sammen.membership b
      JOIN sammen.user_account u ON u.id = b.user_id AND u.disabled_at IS NULL
     WHERE b.user_id = p_maker AND b.kind = 'municipality' AND b.municipality_id = p_municipality
       AND b.role = 'municipality_administrator' AND b.valid_from <= sammen.norwegian_day()
       AND (b.valid_to IS NULL OR b.valid_to >= sammen.norwegian_day()));
END $$;
--;
-- What a link is for, while it is good; `claimed`: an offer that is taken when one has logged in (only_claimed). No row alike
-- for wrong, used, withdrawn and too old.
CREATE OR REPLACE FUNCTION sammen.link_look(p_lookup bytea, p_network bytea, p_expires bigint, p_proof bytea)
RETURNS TABLE (what text, login text, name text, has_password boolean, place text, role text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'link.look', encode(p_lookup, 'hex'), encode(p_network, 'hex')),
    octet_length(p_lookup) = 32 AND octet_length(p_network) = 32, p_expires, p_proof);
  IF NOT sammen.account_let_in(p_network, 'link', 60, 1) THEN RETURN; END IF;
  RETURN QUERY SELECT CASE WHEN sammen.only_claimed(u.id, l.what) THEN 'claimed' ELSE l.what END, u.email, CASE WHEN l.what = 'join' THEN l.name ELSE u.display_name END, u.password_hash IS NOT NULL,
      coalesce(m.name, ''), coalesce(l.role, '')
    FROM sammen.account_link l JOIN sammen.user_account u ON u.id = l.user_id AND u.disabled_at IS NULL
    LEFT JOIN sammen.municipality m ON m.id = l.municipality_id
   WHERE l.lookup = p_lookup AND l.used_at IS NULL AND l.withdrawn_at IS NULL AND l.expires_at > now()
     AND sammen.offer_stands(l.what, l.made_by, l.municipality_id);
END $$;
--;
-- Uses a link, once. `reset`: the new password; every session ends. `join`: the password of somebody who has none, and the
-- role that was offered; one who has a password keeps it and logs in with it. NULL: it was no good.
CREATE OR REPLACE FUNCTION sammen.link_use(p_lookup bytea, p_hash text, p_request uuid, p_expires bigint, p_proof bytea)
RETURNS TABLE (user_id uuid, what text, has_password boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE l record; u record;
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'link.use', encode(p_lookup, 'hex'), p_hash), true, p_expires, p_proof);
  SELECT x.* INTO l FROM sammen.account_link x WHERE x.lookup = p_lookup AND x.used_at IS NULL AND x.withdrawn_at IS NULL
     AND x.expires_at > now() FOR UPDATE;
  IF l.id IS NULL OR NOT sammen.offer_stands(l.what, l.made_by, l.municipality_id) THEN RETURN; END IF;
  SELECT y.* INTO u FROM sammen.user_account y WHERE y.id = l.user_id AND y.disabled_at IS NULL FOR UPDATE;
  IF u.id IS NULL OR (p_hash = '' AND (l.what = 'reset' OR u.password_hash IS NULL)) OR sammen.only_claimed(u.id, l.what) THEN RETURN; END IF;
  UPDATE sammen.account_link x SET used_at = now() WHERE x.id = l.id;
  IF l.what = 'reset' OR u.password_hash IS NULL THEN
    UPDATE sammen.user_account y SET password_hash = p_hash, password_changed_at = now(), failed_logins = 0, locked_until = NULL,
        email_checked_at = now(), display_name = CASE WHEN l.what = 'join' THEN l.name ELSE y.display_name END WHERE y.id = u.id;
    UPDATE sammen.web_session w SET ended_at = now() WHERE w.user_id = u.id AND w.ended_at IS NULL;
  END IF;
  IF l.what = 'join' THEN
    UPDATE sammen.user_account y SET email_checked_at = now() WHERE y.id = u.id AND y.email_checked_at IS NULL;
    INSERT INTO sammen.membership (id, user_id, kind, municipality_id, role, valid_from, valid_to, granted_by)
    VALUES (gen_random_uuid(), u.id, 'municipality', l.municipality_id, l.role, sammen.norwegian_day(), l.role_to, l.made_by::text)
    ON CONFLICT ON CONSTRAINT uq_membership_once DO UPDATE SET valid_to = excluded.valid_to;
    INSERT INTO sammen.audit_entry (tenant_id, id, category, action, actor_id, actor_name, role, why, object_kind, object_id, request_id, details)
    VALUES (l.municipality_id, gen_random_uuid(), 'change', 'member.joined', u.id, l.name, l.role, '', 'user', u.id, p_request,
      jsonb_build_object('role', l.role));
  END IF;
  INSERT INTO sammen.system_audit_entry (id, category, action, actor_id, actor_name, role, why, request_id)
  VALUES (gen_random_uuid(), 'change', 'password.link_used', u.id, u.display_name, '', l.what, p_request);
  user_id := u.id; what := l.what; has_password := u.password_hash IS NOT NULL;
  RETURN NEXT;
END $$;
--;
-- Employees, for their municipality's administrator --------------------------------------------------------------------
-- Everybody with a role among the staff here, now, later, or in the last year. Nothing of other places; and of those who have
-- left, their name and what they were.
CREATE OR REPLACE FUNCTION sammen.members()
RETURNS TABLE (user_id uuid, name text, login text, role text, valid_from date, valid_to date, has_app boolean,
  has_password boolean, open_sessions bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.administrators_only();
  RETURN QUERY SELECT u.id, u.display_name, CASE WHEN v.works THEN u.email ELSE '' END, b.role, b.valid_from, b.valid_to,
      v.works AND EXISTS (SELECT 1 FROM sammen.second_factor f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL),
      v.works AND u.password_hash IS NOT NULL,
      (SELECT count(*) FROM sammen.web_session w WHERE v.works AND w.user_id = u.id AND w.ended_at IS NULL AND w.expires_at > now()
         AND w.last_seen_at > now() - interval '60 minutes')
    FROM sammen.membership b JOIN sammen.user_account u ON u.id = b.user_id
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM sammen.membership o WHERE o.user_id = b.user_id AND o.kind = 'municipality'
      AND o.municipality_id = sammen.current_tenant() AND (o.valid_to IS NULL OR o.valid_to >= sammen.norwegian_day())) AS works) v
   WHERE b.kind = 'municipality' AND b.municipality_id = sammen.current_tenant()
     AND (b.valid_to IS NULL OR b.valid_to >= sammen.norwegian_day() - 365)
   ORDER BY u.display_name, u.id, b.valid_from;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.member_invitations()
RETURNS TABLE (id uuid, name text, login text, role text, role_to date, made_at timestamptz, expires_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.administrators_only();
  -- An offer is over when its link is, or when who made it is no administrator any more.
  RETURN QUERY SELECT l.id, l.name, u.email, l.role, l.role_to, l.made_at,
      CASE WHEN sammen.offer_stands(l.what, l.made_by, l.municipality_id) THEN l.expires_at ELSE least(l.expires_at, now()) END
    FROM sammen.account_link l JOIN sammen.user_account u ON u.id = l.user_id
   WHERE l.what = 'join' AND l.municipality_id = sammen.current_tenant() AND l.used_at IS NULL AND l.withdrawn_at IS NULL
     AND l.expires_at > now() - interval '30 days' ORDER BY l.made_at DESC;
END $$;
--;
-- Whether the person has a role among the staff here: at `p_now`, today; else ever. Not granted.
CREATE OR REPLACE FUNCTION sammen.member_here(p_user uuid, p_now boolean) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM sammen.membership b WHERE b.user_id = p_user AND b.kind = 'municipality'
    AND b.municipality_id = sammen.current_tenant() AND (NOT p_now OR b.valid_from <= sammen.norwegian_day()
      AND (b.valid_to IS NULL OR b.valid_to >= sammen.norwegian_day())));
END $$;
--;
-- Gives somebody who works, or has worked, here a role for a time. `granted`, `self` (nobody gives themselves a role),
-- `has` (they have it in some of those days) or `unknown`.
CREATE OR REPLACE FUNCTION sammen.member_grant(p_user uuid, p_role text, p_from date, p_to date) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.administrators_only();
  PERFORM pg_advisory_xact_lock(hashtextextended('sammen.members.' || sammen.current_tenant()::text, 0));
  IF p_user = sammen.current_user_id() THEN RETURN 'self'; END IF;
  IF NOT sammen.member_here(p_user, false) THEN RETURN 'unknown'; END IF;
  IF p_role NOT IN ('purchaser_child', 'purchaser_adult', 'purchaser_child_welfare', 'provider_coordinator', 'payroll', 'manager',
      'data_protection_officer', 'municipality_administrator') OR p_to < p_from OR p_from < sammen.norwegian_day() THEN
    RAISE EXCEPTION 'not allowed here' USING ERRCODE = '42501';
  END IF;
  IF EXISTS (SELECT 1 FROM sammen.membership b WHERE b.user_id = p_user AND b.kind = 'municipality' AND b.role = p_role
      AND b.municipality_id = sammen.current_tenant() AND daterange(b.valid_from, CASE WHEN b.valid_to IS NOT NULL THEN greatest(b.valid_to, b.valid_from) END, '[]')
        && daterange(p_from, p_to, '[]') AND (b.valid_to IS NULL OR b.valid_to >= b.valid_from)) THEN
    RETURN 'has';
  END IF;
  INSERT INTO sammen.membership (id, user_id, kind, municipality_id, role, valid_from, valid_to, granted_by)
  VALUES (gen_random_uuid(), p_user, 'municipality', sammen.current_tenant(), p_role, p_from, p_to, sammen.current_user_id()::text)
  ON CONFLICT ON CONSTRAINT uq_membership_once DO UPDATE SET valid_to = excluded.valid_to, granted_by = excluded.granted_by;
  RETURN 'granted';
END $$;
--;
-- Takes a role away as of yesterday: gone at the next request. The last administrator stays, whoever asks: `last`. `none`:
-- there was none to take.
CREATE OR REPLACE FUNCTION sammen.member_revoke(p_user uuid, p_role text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE day date := sammen.norwegian_day();
BEGIN
  PERFORM sammen.administrators_only();
  PERFORM pg_advisory_xact_lock(hashtextextended('sammen.members.' || sammen.current_tenant()::text, 0));
  IF p_role = 'municipality_administrator' AND NOT EXISTS (SELECT 1 FROM sammen.membership b
      JOIN sammen.user_account u ON u.id = b.user_id AND u.disabled_at IS NULL
     WHERE b.kind = 'municipality' AND b.municipality_id = sammen.current_tenant() AND b.role = p_role AND b.user_id <> p_user
       AND b.valid_from <= day AND (b.valid_to IS NULL OR b.valid_to > day + 6)) THEN
    RETURN 'last';
  END IF;
  UPDATE sammen.membership b SET valid_to = day - 1 WHERE b.user_id = p_user AND b.kind = 'municipality' AND b.role = p_role
     AND b.municipality_id = sammen.current_tenant() AND (b.valid_to IS NULL OR b.valid_to >= day);
  IF NOT FOUND THEN RETURN 'none'; END IF;
  IF p_role = 'municipality_administrator' THEN
    -- What they offered and nobody has taken goes with the role: a way back in that was sent before they left is none.
    UPDATE sammen.account_link l SET withdrawn_at = now() WHERE l.made_by = p_user AND l.what = 'join'
       AND l.municipality_id = sammen.current_tenant() AND l.used_at IS NULL AND l.withdrawn_at IS NULL;
  END IF;
  RETURN 'revoked';
END $$;
--;
-- Offers somebody a role here, by a link to their work address, good for a week. Whether they have an account already is
-- not told. `self`: one's own address.
CREATE OR REPLACE FUNCTION sammen.member_invite(p_login text, p_name text, p_role text, p_to date, p_lookup bytea,
  p_notice uuid, p_sealed bytea, p_expires bigint, p_proof bytea) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_user uuid;
BEGIN
  PERFORM sammen.administrators_only();
  PERFORM sammen.form_checked(concat_ws('|', 'member.invite', sammen.current_session()::text, p_role, encode(p_lookup, 'hex'),
    p_notice::text, encode(sha256(p_sealed), 'hex')), octet_length(p_lookup) = 32 AND p_role IN ('purchaser_child', 'purchaser_adult',
    'purchaser_child_welfare', 'provider_coordinator', 'payroll', 'manager', 'data_protection_officer', 'municipality_administrator'),
    p_expires, p_proof);
  IF NOT sammen.account_let_in(sha256(convert_to(sammen.current_tenant()::text, 'UTF8')), 'invite', 60, 24) THEN RETURN 'wait'; END IF;
  INSERT INTO sammen.user_account (id, email, display_name) VALUES (gen_random_uuid(), lower(p_login), p_name)
  ON CONFLICT (email) DO NOTHING;
  SELECT u.id INTO v_user FROM sammen.user_account u WHERE u.email = lower(p_login);
  IF v_user = sammen.current_user_id() THEN RETURN 'self'; END IF;
  UPDATE sammen.account_link l SET withdrawn_at = now() WHERE l.user_id = v_user AND l.what = 'join' AND l.role = p_role
     AND l.municipality_id = sammen.current_tenant() AND l.used_at IS NULL AND l.withdrawn_at IS NULL;
  INSERT INTO sammen.account_link (id, user_id, what, lookup, name, role, municipality_id, role_to, made_by, expires_at)
  VALUES (gen_random_uuid(), v_user, 'join', p_lookup, p_name, p_role, sammen.current_tenant(), p_to, sammen.current_user_id(),
    now() + interval '7 days');
  PERFORM sammen.account_post(v_user, p_notice, 'email', lower(p_login), 'join_link', p_sealed, 10080);
  RETURN 'sent';
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.member_uninvite(p_link uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.administrators_only();
  UPDATE sammen.account_link l SET withdrawn_at = now() WHERE l.id = p_link AND l.what = 'join'
     AND l.municipality_id = sammen.current_tenant() AND l.used_at IS NULL AND l.withdrawn_at IS NULL;
  RETURN FOUND;
END $$;
--;
-- Ends everything somebody who works here is logged in to; with `p_factor`, takes their code app and its spare codes away as
-- well, so that they set up a new one at the next login. Not one's own. -1: not here, or oneself. -2: they have a role in another municipality,
-- in a region or in operations, whose doors the app keeps too.
CREATE OR REPLACE FUNCTION sammen.member_put_out(p_user uuid, p_factor boolean) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_ended int;
BEGIN
  PERFORM sammen.administrators_only();
  IF p_user = sammen.current_user_id() OR NOT sammen.member_here(p_user, true) THEN RETURN -1; END IF;
  IF p_factor AND EXISTS (SELECT 1 FROM sammen.membership b WHERE b.user_id = p_user AND b.kind IN ('municipality', 'region', 'operations')
      AND b.municipality_id IS DISTINCT FROM sammen.current_tenant() AND (b.valid_to IS NULL OR b.valid_to >= sammen.norwegian_day())) THEN
    RETURN -2;
  END IF;
  UPDATE sammen.web_session w SET ended_at = now() WHERE w.user_id = p_user AND w.ended_at IS NULL;
  GET DIAGNOSTICS v_ended = ROW_COUNT;
  IF p_factor THEN
    DELETE FROM sammen.second_factor f WHERE f.user_id = p_user;
    DELETE FROM sammen.spare_code c WHERE c.user_id = p_user AND c.kind = 'recovery';
    UPDATE sammen.user_account u SET failed_codes = 0, codes_locked_until = NULL WHERE u.id = p_user;
  END IF;
  RETURN v_ended;
END $$;
--;
-- Writes a part of the settings of the municipality one is in. `brev`, what its letters and pages say it is reached by: its
-- administrator and its manager. `levels`, how surely somebody must be known to use a role there (ADR 0080): its administrator,
-- and never less than the house asks. `p_was` is the version of the part that was shown. `set`; `stale`; `self:<role>` when it
-- would shut out who asks; `nobody:<role>` when no login that is open to the municipality reaches so high.
CREATE OR REPLACE FUNCTION sammen.place_setting(p_part text, p_value jsonb, p_was int) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text[] := sammen.open_ticket(); held text[]; v_now jsonb; r record;
BEGIN
  held := string_to_array(part[7], ',');
  IF part IS NULL OR part[2] <> 'municipality' OR jsonb_typeof(p_value) <> 'object' OR NOT coalesce(held && CASE p_part
      WHEN 'brev' THEN '{municipality_administrator,manager}'::text[]
      WHEN 'levels' THEN '{municipality_administrator}'::text[] END, false) THEN
    RAISE EXCEPTION 'not allowed here' USING ERRCODE = '42501';
  END IF;
  SELECT coalesce(m.settings -> p_part, '{}') INTO v_now FROM sammen.municipality m WHERE m.id = sammen.current_tenant() FOR UPDATE;
  IF coalesce((v_now ->> 'versjon')::int, 0) IS DISTINCT FROM p_was THEN RETURN 'stale'; END IF;
  IF octet_length(p_value::text) > 2000 THEN RAISE EXCEPTION 'not allowed here' USING ERRCODE = '42501'; END IF;
  IF p_part = 'levels' THEN
    FOR r IN SELECT e.key AS role, e.value AS level FROM jsonb_each_text(p_value) e ORDER BY e.key LOOP
      IF r.role NOT IN ('purchaser_child', 'purchaser_adult', 'purchaser_child_welfare', 'provider_coordinator', 'payroll', 'manager',
          'data_protection_officer', 'municipality_administrator', 'contact', 'service_user', 'representative')
         OR sammen.level_no(r.level) < sammen.level_no(sammen.role_demand(r.role)) THEN
        RAISE EXCEPTION 'not allowed here' USING ERRCODE = '42501';
      END IF;
      CONTINUE WHEN sammen.level_no(r.level) <= greatest(sammen.level_no(sammen.role_demand(r.role)), sammen.level_no(v_now ->> r.role));
      IF r.role = ANY (held) AND sammen.level_no(r.level) > (SELECT sammen.level_no(w.assurance) FROM sammen.web_session w
          WHERE w.id = sammen.current_session()) THEN
        RETURN 'self:' || r.role;
      END IF;
      -- Above a code app somebody else must vouch; without a provider who does, everybody with the role would be shut out.
      IF sammen.level_no(r.level) > sammen.level_no('second_factor') AND NOT EXISTS (SELECT 1 FROM sammen.identity_provider i
          WHERE i.enabled AND (i.municipality_id IS NULL OR i.municipality_id = sammen.current_tenant())
            AND (i.audience = 'employees') = (sammen.role_demand(r.role) = 'second_factor')
            AND (sammen.level_no(i.base_level) >= sammen.level_no(r.level) OR EXISTS (SELECT 1 FROM jsonb_each_text(i.levels) l
              WHERE sammen.level_no(l.value) >= sammen.level_no(r.level)))) THEN
        RETURN 'nobody:' || r.role;
      END IF;
    END LOOP;
  END IF;
  UPDATE sammen.municipality m SET settings = jsonb_set(m.settings, ARRAY[p_part], p_value || jsonb_build_object('versjon', p_was + 1))
   WHERE m.id = sammen.current_tenant();
  RETURN 'set';
END $$;
--;
-- A way in to one's own pages, given at home (tenants/logins) ------------------------------------------------------------
-- How somebody who has been let in to their own pages here gets in. No row for others.
CREATE OR REPLACE FUNCTION sammen.access_of(p_user uuid)
RETURNS TABLE (login text, roles text[], has_app boolean, has_phone boolean, sheet_left bigint, has_password boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF sammen.current_kind() IS DISTINCT FROM 'municipality' THEN RAISE EXCEPTION 'not allowed here' USING ERRCODE = '42501'; END IF;
  RETURN QUERY SELECT u.email, array_agg(DISTINCT b.role),
      EXISTS (SELECT 1 FROM sammen.second_factor f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL), u.phone <> '',
      (SELECT count(*) FROM sammen.spare_code c WHERE c.user_id = u.id AND c.kind = 'sheet' AND c.used_at IS NULL),
      u.password_hash IS NOT NULL
    FROM sammen.membership b JOIN sammen.user_account u ON u.id = b.user_id
   WHERE b.user_id = p_user AND b.kind = 'own' AND b.municipality_id = sammen.current_tenant()
     AND b.valid_from <= sammen.norwegian_day() AND (b.valid_to IS NULL OR b.valid_to >= sammen.norwegian_day())
   GROUP BY u.id;
END $$;
--;
CREATE OR REPLACE FUNCTION sammen.access_withdraw(p_user uuid, p_role text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF sammen.current_kind() IS DISTINCT FROM 'municipality' THEN RAISE EXCEPTION 'not allowed here' USING ERRCODE = '42501'; END IF;
  UPDATE sammen.membership b SET valid_to = sammen.norwegian_day() - 1 WHERE b.user_id = p_user AND b.kind = 'own' AND b.role = p_role
     AND b.municipality_id = sammen.current_tenant() AND (b.valid_to IS NULL OR b.valid_to >= sammen.norwegian_day());
  RETURN FOUND;
END $$;
--;
-- Ten codes on paper for somebody who is let in to their own pages here, in place of the old ones. Those with a role among
-- some staff get none: they have an app.
CREATE OR REPLACE FUNCTION sammen.sheet_make(p_user uuid, p_marks bytea[], p_expires bigint, p_proof bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'sheet', sammen.current_session()::text, p_user::text,
    encode(sha256(convert_to(array_to_string(p_marks, ','), 'UTF8')), 'hex')), cardinality(p_marks) = 10, p_expires, p_proof);
  IF NOT EXISTS (SELECT 1 FROM sammen.access_of(p_user)) OR EXISTS (SELECT 1 FROM sammen.membership b
       WHERE b.user_id = p_user AND b.kind <> 'own' AND (b.valid_to IS NULL OR b.valid_to >= sammen.norwegian_day())) THEN
    RETURN false;
  END IF;
  DELETE FROM sammen.spare_code c WHERE c.user_id = p_user AND c.kind = 'sheet';
  INSERT INTO sammen.spare_code (id, user_id, kind, mark) SELECT gen_random_uuid(), p_user, 'sheet', m FROM unnest(p_marks) m;
  RETURN true;
END $$;
--;
-- An invitation's code, typed: answered with the person's birth date, it makes an account (`p_login`, `p_hash`), or adds to
-- the account of who is logged in. `opened`; `none` (wrong, used, withdrawn, too old, tried too often); `birth`; `taken`
-- (that login is another's); `another` (the account is another person's here); `wait` (too many from that network).
CREATE OR REPLACE FUNCTION sammen.invitation_use(p_lookup bytea, p_birth date, p_login text, p_hash text, p_network bytea,
  p_request uuid, p_expires bigint, p_proof bytea) RETURNS TABLE (answer text, user_id uuid, slug text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE i record; p record;
BEGIN
  PERFORM sammen.form_checked(concat_ws('|', 'invitation', encode(p_lookup, 'hex'), coalesce(p_birth::text, ''), p_hash, encode(p_network, 'hex')),
    octet_length(p_lookup) = 32 AND octet_length(p_network) = 32, p_expires, p_proof);
  answer := 'wait';
  IF NOT sammen.account_let_in(p_network, 'invitation', 30, 1) THEN RETURN NEXT; RETURN; END IF;
  answer := 'none';
  SELECT x.* INTO i FROM sammen.login_invitation x WHERE x.lookup = p_lookup AND x.used_at IS NULL AND x.withdrawn_at IS NULL
     AND x.expires_at > now() AND x.tries < 5 FOR UPDATE;
  IF i.id IS NULL THEN RETURN NEXT; RETURN; END IF;
  SELECT y.* INTO p FROM sammen.person y WHERE y.tenant_id = i.tenant_id AND y.id = i.person_id AND y.died_on IS NULL AND y.merged_into IS NULL FOR UPDATE;
  IF p.id IS NULL THEN RETURN NEXT; RETURN; END IF;
  IF p.birth_date IS NOT NULL AND p.birth_date IS DISTINCT FROM p_birth THEN
    UPDATE sammen.login_invitation x SET tries = x.tries + 1 WHERE x.tenant_id = i.tenant_id AND x.id = i.id;
    answer := 'birth'; RETURN NEXT; RETURN;
  END IF;
  IF p_hash = '' THEN
    user_id := sammen.account_session(false);
    IF EXISTS (SELECT 1 FROM sammen.person y WHERE y.tenant_id = i.tenant_id AND y.user_id = invitation_use.user_id AND y.id <> p.id
        AND y.merged_into IS NULL) THEN
      user_id := NULL; answer := 'another'; RETURN NEXT; RETURN;
    END IF;
  ELSE
    INSERT INTO sammen.user_account (id, email, display_name, password_hash, password_changed_at, language)
    VALUES (gen_random_uuid(), lower(p_login), p.given_name || ' ' || p.family_name, p_hash, now(), p.language_form)
    ON CONFLICT (email) DO NOTHING RETURNING id INTO user_id;
    IF user_id IS NULL THEN answer := 'taken'; RETURN NEXT; RETURN; END IF;
  END IF;
  UPDATE sammen.login_invitation x SET used_at = now(), user_id = invitation_use.user_id WHERE x.tenant_id = i.tenant_id AND x.id = i.id;
  UPDATE sammen.membership b SET valid_to = sammen.norwegian_day() - 1 WHERE b.user_id = p.user_id AND b.user_id <> invitation_use.user_id
     AND b.kind = 'own' AND b.municipality_id = i.tenant_id AND b.role = i.role;
  UPDATE sammen.person y SET user_id = invitation_use.user_id WHERE y.tenant_id = i.tenant_id AND y.id = p.id;
  INSERT INTO sammen.membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)
  VALUES (gen_random_uuid(), invitation_use.user_id, 'own', i.tenant_id, i.role, sammen.norwegian_day(), i.made_by::text)
  ON CONFLICT ON CONSTRAINT uq_membership_once DO UPDATE SET valid_to = NULL;
  INSERT INTO sammen.audit_entry (tenant_id, id, category, action, actor_id, actor_name, role, why, persons, object_kind, object_id, request_id)
  VALUES (i.tenant_id, gen_random_uuid(), 'change', 'login.opened', invitation_use.user_id, p.given_name || ' ' || p.family_name, i.role, '',
    ARRAY[p.id], 'login_invitation', i.id, p_request);
  answer := 'opened';
  SELECT m.slug INTO slug FROM sammen.municipality m WHERE m.id = i.tenant_id;
  RETURN NEXT;
END $$;
