/* SPDX-License-Identifier: Apache-2.0 */
/* pq_int.h — libpq, loaded when the first server is spoken to. With Kerberos, LDAP and two kinds of
 * TLS behind it, it takes as long to load as a whole command does otherwise: help, completion and
 * the console's first frame do without. The names below are redirected, so that the code reads as
 * ever and nobody has to open anything first. */
#ifndef PNI_PQ_H
#define PNI_PQ_H

#include <libpq-fe.h>

struct pni_pq {
#define PQ(name) __typeof__(&name) name##_;
#include "base/pq.def"
#undef PQ
};

#pragma GCC visibility push(hidden)
/** The functions. Where libpq is missing: connections that cannot be made, and say why. */
const struct pni_pq *pni_pq(void);
#pragma GCC visibility pop

#ifndef PNI_PQ_PLAIN
#define PQcancel (*pni_pq()->PQcancel_)
#define PQclear (*pni_pq()->PQclear_)
#define PQcmdTuples (*pni_pq()->PQcmdTuples_)
#define PQconnectdb (*pni_pq()->PQconnectdb_)
#define PQconnectdbParams (*pni_pq()->PQconnectdbParams_)
#define PQconninfoFree (*pni_pq()->PQconninfoFree_)
#define PQconninfoParse (*pni_pq()->PQconninfoParse_)
#define PQconsumeInput (*pni_pq()->PQconsumeInput_)
#define PQenterPipelineMode (*pni_pq()->PQenterPipelineMode_)
#define PQerrorMessage (*pni_pq()->PQerrorMessage_)
#define PQescapeIdentifier (*pni_pq()->PQescapeIdentifier_)
#define PQexec (*pni_pq()->PQexec_)
#define PQexecParams (*pni_pq()->PQexecParams_)
#define PQfinish (*pni_pq()->PQfinish_)
#define PQflush (*pni_pq()->PQflush_)
#define PQfname (*pni_pq()->PQfname_)
#define PQfreeCancel (*pni_pq()->PQfreeCancel_)
#define PQfreemem (*pni_pq()->PQfreemem_)
#define PQftype (*pni_pq()->PQftype_)
#define PQgetCancel (*pni_pq()->PQgetCancel_)
#define PQgetResult (*pni_pq()->PQgetResult_)
#define PQgetisnull (*pni_pq()->PQgetisnull_)
#define PQgetlength (*pni_pq()->PQgetlength_)
#define PQgetvalue (*pni_pq()->PQgetvalue_)
#define PQisBusy (*pni_pq()->PQisBusy_)
#define PQnfields (*pni_pq()->PQnfields_)
#define PQnotifies (*pni_pq()->PQnotifies_)
#define PQntuples (*pni_pq()->PQntuples_)
#define PQparameterStatus (*pni_pq()->PQparameterStatus_)
#define PQping (*pni_pq()->PQping_)
#define PQpipelineSync (*pni_pq()->PQpipelineSync_)
#define PQresultErrorField (*pni_pq()->PQresultErrorField_)
#define PQresultErrorMessage (*pni_pq()->PQresultErrorMessage_)
#define PQresultStatus (*pni_pq()->PQresultStatus_)
#define PQsendPrepare (*pni_pq()->PQsendPrepare_)
#define PQsendQuery (*pni_pq()->PQsendQuery_)
#define PQsendQueryParams (*pni_pq()->PQsendQueryParams_)
#define PQsendQueryPrepared (*pni_pq()->PQsendQueryPrepared_)
#define PQsetNoticeProcessor (*pni_pq()->PQsetNoticeProcessor_)
#define PQsetnonblocking (*pni_pq()->PQsetnonblocking_)
#define PQsocket (*pni_pq()->PQsocket_)
#define PQstatus (*pni_pq()->PQstatus_)
#endif

#endif
