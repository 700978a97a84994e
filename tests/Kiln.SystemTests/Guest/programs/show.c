// What a program finds at its start, a line each.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>

static int zeros[5000], number = 7;
static char more_zeros[100000];
__thread int of_thread = 5;

int main(int count, char **words, char **environment)
{
    char name[17] = "";
    prctl(PR_GET_NAME, name);
    printf("comm %s\nexecfn %s\nids %lu %lu %lu %lu\nsecure %lu\n", name, (char *)getauxval(AT_EXECFN), getauxval(AT_UID), getauxval(AT_EUID), getauxval(AT_GID),
        getauxval(AT_EGID), getauxval(AT_SECURE));
    for (int i = 0; i < count; i++)
        printf("argument %s\n", words[i]);
    printf("ends %d\naligned %d\ndata %d %d\n", words[count] == 0, (unsigned long)(words - 1) % 16 == 0, number, of_thread);
    printf("variable %s\n", getenv("KILN_SHOWN") ? getenv("KILN_SHOWN") : "");
    for (int i = 0; i < 5000; i++)
        if (zeros[i])
            return puts("memory that is not clear"), 1;
    for (int i = 0; i < 100000; i++)
        if (more_zeros[i])
            return puts("memory that is not clear"), 1;
    char *heap = malloc(3000000), *small = malloc(300);
    memset(heap, 1, 3000000), memset(small, 1, 300);
    DIR *directory = opendir("/proc/self/fd");
    for (struct dirent *entry; (entry = readdir(directory));)
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(directory))
            printf("descriptor %s\n", entry->d_name);
    return 0;
}
