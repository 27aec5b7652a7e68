# SPDX-License-Identifier: Apache-2.0
# season.sh: a database with an administrator and three cities, for the tests that need rows.
database
printf 'correct horse battery staple\n' >admin.pw
run "$pn" --as-system staff init --login admin --name 管理员 --password-file admin.pw
[ "$rc" = 0 ] || { sed 's/^/# /' err; echo "Bail out! no first administrator"; exit 1; }
run "$pn" --token-file admin.token login admin --password-file admin.pw
[ "$rc" = 0 ] || { sed 's/^/# /' err; echo "Bail out! the administrator cannot sign in"; exit 1; }
root city create shanghai --name 上海 --hot yes --sort 1
root city create beijing --name '北京, "首都"' --sort 2
root city create urumqi --name 乌鲁木齐市天山区 --sort 30
[ "$rc" = 0 ] || { sed 's/^/# /' err; echo "Bail out! no cities"; exit 1; }
