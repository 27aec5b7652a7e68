/* SPDX-License-Identifier: Apache-2.0 */
/* libfuzzer.c — the targets under clang's fuzzer: the first byte of the input chooses one. */
#include "target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_open();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t n = 0;
    while (fuzz_targets[n].name)
        n++;
    if (size)
        fuzz_targets[data[0] % n].run(data + 1, size - 1);
    return 0;
}
