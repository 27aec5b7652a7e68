-- SPDX-License-Identifier: Apache-2.0
-- One seat, one claim: what was claimed without its floor gets the one that the plan tells. What
-- another claimed with the floor meanwhile stays as it is: operations find it as two offers.
update seat_claim c set seat_key = x.floor || '/' || x.seat_key
 from (select y.sk, y.session_id, y.seat_key, min(r.floor) as floor
   from (select k.sk, k.session_id, k.seat_key, coalesce(z.plan_id, (select a.id from session s
       join seat_plan a on a.hall_id = s.hall_id where s.id = k.session_id
       order by a.version desc limit 1)) as plan_id
     from seat_claim k left join zone_plan z on z.sk = k.sk and z.session_id = k.session_id
      and z.state = 'LIVE' where k.seat_key not like '%/%/%/%') y
   join seat_plan_row r on r.plan_id = y.plan_id and r.section = split_part(y.seat_key, '/', 1)
    and regexp_replace(r.row_name, '(.)[排座号]+$', '\1') = split_part(y.seat_key, '/', 2)
   cross join unnest(r.labels) l(label)
   where regexp_replace(l.label, '(.)[排座号]+$', '\1') = split_part(y.seat_key, '/', 3)
   group by y.sk, y.session_id, y.seat_key
   having count(distinct r.floor) = 1 and min(r.floor) <> '') x
 where c.sk = x.sk and c.session_id = x.session_id and c.seat_key = x.seat_key
  and not exists (select from seat_claim d where d.sk = c.sk and d.session_id = c.session_id
   and d.seat_key = x.floor || '/' || x.seat_key);
