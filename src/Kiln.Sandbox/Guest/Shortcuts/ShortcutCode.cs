// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Guest.Shortcuts;

/// <summary>
/// Machine code for x86-64 that stands in for the `syscall` instruction of calls that are made often. It answers from what the supervisor has written beside it (<see cref="ShortcutMemory"/>) or has the kernel open or look
/// at a file by the two instructions that the filter lets through; for all else it makes the call, which is trapped. It comes with the call's number in rax, the address to go on at in r11 and that of its caller's
/// <see cref="ShortcutPage"/> in rcx. It keeps nothing, takes no lock and may be left by a signal's handler at any instruction.
/// </summary>
internal static class ShortcutCode
{
    /// <summary>The directory that stands for the root, the one that stands for the working directory, and <see cref="ShortcutMemory"/>, in a process that may use shortcuts: above the numbers that programs choose or close.</summary>
    public const int Root = 4100, WorkingDirectory = 4101, Memory = 4102;

    /// <summary>What F_GETFL says of both directories, and of no other: O_NOATIME, O_DIRECTORY, O_LARGEFILE, O_NONBLOCK and O_APPEND.</summary>
    public const int Flags = 0x58C00;

    /// <summary>The flags of an open by the number of its description: O_DIRECTORY, O_NOFOLLOW, O_NOATIME and O_CLOEXEC from the lowest bit on, O_NONBLOCK and O_PATH. O_NOCTTY and O_LARGEFILE make no difference.</summary>
    public static int FlagsOf(int description) => ((description & 0x2F) << 16) | ((description & 0x10) << 7);

    /// <summary>Where the memory lies in every process: below the place from which the kernel maps downwards, and where checkers of memory (the sanitizers of compilers) expect libraries.</summary>
    public const ulong Address = 0x7e90_0000_0000;

    /// <summary>Behind the `syscall` that opens, and the one that looks at a descriptor.</summary>
    public const ulong AfterOpen = Address + 0x308, AfterStatus = Address + 0x475;

    public static ReadOnlySpan<byte> X64 =>
    [
        // What the caller has below its stack pointer stays (the red zone, System V ABI); so do all registers but rax, rcx and r11, which a system call takes. The page has a switch.
        0x48, 0x8d, 0x64, 0x24, 0x80,                                      // entry: lea -0x80(%rsp),%rsp
        0x41, 0x53,                                                        // push %r11
        0x50,                                                              // push %rax
        0x57,                                                              // push %rdi
        0x56,                                                              // push %rsi
        0x52,                                                              // push %rdx
        0x41, 0x52,                                                        // push %r10
        0x41, 0x50,                                                        // push %r8
        0x53,                                                              // push %rbx
        0x53,                                                              // push %rbx
        0x80, 0x79, 0x10, 0x00,                                            // cmpb $0x0,0x10(%rcx)
        0x75, 0x37,                                                        // jne slow
        0x48, 0x89, 0xfb,                                                  // mov %rdi,%rbx
        0x83, 0xf8, 0x02,                                                  // cmp $0x2,%eax
        0x74, 0x58,                                                        // je open
        0x3d, 0x01, 0x01, 0x00, 0x00,                                      // cmp $0x101,%eax
        0x74, 0x5c,                                                        // je openat
        0x3d, 0x06, 0x01, 0x00, 0x00,                                      // cmp $0x106,%eax
        0x0f, 0x84, 0x95, 0x00, 0x00, 0x00,                                // je statat
        0x83, 0xf8, 0x59,                                                  // cmp $0x59,%eax
        0x74, 0x60,                                                        // je readlink
        0x83, 0xf8, 0x15,                                                  // cmp $0x15,%eax
        0x74, 0x67,                                                        // je access
        0x83, 0xf8, 0x04,                                                  // cmp $0x4,%eax
        0x74, 0x6a,                                                        // je stat
        0x83, 0xf8, 0x06,                                                  // cmp $0x6,%eax
        0x74, 0x73,                                                        // je lstat
        0x83, 0xf8, 0x05,                                                  // cmp $0x5,%eax
        0x0f, 0x84, 0xea, 0x03, 0x00, 0x00,                                // je fstat

        // As the caller meant it: trapped, and answered by the supervisor.
        0x5b,                                                              // slow: pop %rbx
        0x5b,                                                              // pop %rbx
        0x41, 0x58,                                                        // pop %r8
        0x41, 0x5a,                                                        // pop %r10
        0x5a,                                                              // pop %rdx
        0x5e,                                                              // pop %rsi
        0x5f,                                                              // pop %rdi
        0x58,                                                              // pop %rax
        0x0f, 0x05,                                                        // syscall
        0xeb, 0x0e,                                                        // jmp leave

        // The result is in rax.
        0x5b,                                                              // done: pop %rbx
        0x5b,                                                              // pop %rbx
        0x41, 0x58,                                                        // pop %r8
        0x41, 0x5a,                                                        // pop %r10
        0x5a,                                                              // pop %rdx
        0x5e,                                                              // pop %rsi
        0x5f,                                                              // pop %rdi
        0x48, 0x8d, 0x64, 0x24, 0x08,                                      // lea 0x8(%rsp),%rsp
        0x41, 0x5b,                                                        // leave: pop %r11
        0x48, 0x8d, 0xa4, 0x24, 0x80, 0x00, 0x00, 0x00,                    // lea 0x80(%rsp),%rsp
        0x41, 0xff, 0xe3,                                                  // jmp *%r11

        // rbx becomes the path, r8d the flags of an open, r10d the directory. Who looks opens a place, O_PATH.
        0x41, 0x89, 0xf0,                                                  // open: mov %esi,%r8d
        0x41, 0xba, 0x9c, 0xff, 0xff, 0xff,                                // mov $0xffffff9c,%r10d
        0xeb, 0x09,                                                        // jmp opening
        0x48, 0x89, 0xf3,                                                  // openat: mov %rsi,%rbx
        0x41, 0x89, 0xd0,                                                  // mov %edx,%r8d
        0x41, 0x89, 0xfa,                                                  // mov %edi,%r10d
        0x41, 0xf7, 0xc0, 0xff, 0x76, 0xf0, 0xff,                          // opening: test $0xfff076ff,%r8d
        0x75, 0xba,                                                        // jne slow
        0xeb, 0x58,                                                        // jmp path
        0x85, 0xd2,                                                        // readlink: test %edx,%edx
        0x7e, 0xb4,                                                        // jle slow
        0x41, 0xba, 0x9c, 0xff, 0xff, 0xff,                                // mov $0xffffff9c,%r10d
        0xeb, 0x4c,                                                        // jmp path
        0xf7, 0xc6, 0xfa, 0xff, 0xff, 0xff,                                // access: test $0xfffffffa,%esi
        0x75, 0xa4,                                                        // jne slow
        0x41, 0xb8, 0x00, 0x00, 0x28, 0x00,                                // stat: mov $0x280000,%r8d
        0x41, 0xba, 0x9c, 0xff, 0xff, 0xff,                                // mov $0xffffff9c,%r10d
        0xeb, 0x36,                                                        // jmp path
        0x41, 0xb8, 0x00, 0x00, 0x2a, 0x00,                                // lstat: mov $0x2a0000,%r8d
        0x41, 0xba, 0x9c, 0xff, 0xff, 0xff,                                // mov $0xffffff9c,%r10d
        0xeb, 0x28,                                                        // jmp path
        0x48, 0x89, 0xf3,                                                  // statat: mov %rsi,%rbx
        0x41, 0xf7, 0xc2, 0xff, 0x86, 0xff, 0xff,                          // test $0xffff86ff,%r10d
        0x0f, 0x85, 0x78, 0xff, 0xff, 0xff,                                // jne slow
        0x45, 0x89, 0xd0,                                                  // mov %r10d,%r8d
        0x41, 0x81, 0xe0, 0x00, 0x01, 0x00, 0x00,                          // and $0x100,%r8d
        0x41, 0xc1, 0xe0, 0x09,                                            // shl $0x9,%r8d
        0x41, 0x81, 0xc8, 0x00, 0x00, 0x28, 0x00,                          // or $0x280000,%r8d
        0x41, 0x89, 0xfa,                                                  // mov %edi,%r10d

        // Whether the path may be read at all: rt_sigprocmask(2) reads eight bytes, and then refuses what it is asked for. It may go on in the next page.
        0x48, 0x81, 0xfb, 0x00, 0x00, 0x01, 0x00,                          // path: cmp $0x10000,%rbx
        0x0f, 0x82, 0x53, 0xff, 0xff, 0xff,                                // jb slow
        0x48, 0x89, 0xde,                                                  // mov %rbx,%rsi
        0xb8, 0x0e, 0x00, 0x00, 0x00,                                      // probe: mov $0xe,%eax
        0xbf, 0x63, 0x00, 0x00, 0x00,                                      // mov $0x63,%edi
        0x31, 0xd2,                                                        // xor %edx,%edx
        0x41, 0x52,                                                        // push %r10
        0x41, 0xba, 0x08, 0x00, 0x00, 0x00,                                // mov $0x8,%r10d
        0x0f, 0x05,                                                        // syscall
        0x41, 0x5a,                                                        // pop %r10
        0x83, 0xf8, 0xea,                                                  // cmp $0xffffffea,%eax
        0x0f, 0x85, 0x2f, 0xff, 0xff, 0xff,                                // jne slow
        0x48, 0x8d, 0xbb, 0xe8, 0x00, 0x00, 0x00,                          // lea 0xe8(%rbx),%rdi
        0x48, 0x31, 0xf7,                                                  // xor %rsi,%rdi
        0x48, 0xf7, 0xc7, 0x00, 0xf0, 0xff, 0xff,                          // test $0xfffffffffffff000,%rdi
        0x74, 0x10,                                                        // je readable
        0x48, 0x8d, 0xb3, 0xe8, 0x00, 0x00, 0x00,                          // lea 0xe8(%rbx),%rsi
        0x48, 0x81, 0xe6, 0x00, 0xf0, 0xff, 0xff,                          // and $0xfffffffffffff000,%rsi
        0xeb, 0xbc,                                                        // jmp probe
        0x80, 0x3b, 0x00,                                                  // readable: cmpb $0x0,(%rbx)
        0x0f, 0x84, 0xc3, 0x02, 0x00, 0x00,                                // je empty
        0xbf, 0x04, 0x10, 0x00, 0x00,                                      // mov $0x1004,%edi
        0x80, 0x3b, 0x2f,                                                  // cmpb $0x2f,(%rbx)
        0x74, 0x0b,                                                        // je gate
        0x41, 0x83, 0xfa, 0x9c,                                            // cmp $0xffffff9c,%r10d
        0x75, 0x05,                                                        // jne gate
        0xbf, 0x05, 0x10, 0x00, 0x00,                                      // mov $0x1005,%edi

        // Who has the directories with the flags that no others have is root in the tree: fcntl(2), F_GETFL.
        0xb8, 0x48, 0x00, 0x00, 0x00,                                      // gate: mov $0x48,%eax
        0xbe, 0x03, 0x00, 0x00, 0x00,                                      // mov $0x3,%esi
        0x0f, 0x05,                                                        // syscall
        0x3d, 0x00, 0x8c, 0x05, 0x00,                                      // cmp $0x58c00,%eax
        0x0f, 0x85, 0xd7, 0xfe, 0xff, 0xff,                                // jne slow
        0x80, 0x3b, 0x2f,                                                  // cmpb $0x2f,(%rbx)
        0x0f, 0x85, 0xc8, 0x00, 0x00, 0x00,                                // jne unknown
        0xb8, 0xc5, 0x9d, 0x1c, 0x81,                                      // mov $0x811c9dc5,%eax
        0x48, 0x89, 0xde,                                                  // mov %rbx,%rsi

        // What is known of an absolute path, FNV-1a, stands at one of four places. Whoever writes there makes the sequence odd meanwhile.
        0x0f, 0xb6, 0x0e,                                                  // hash: movzbl (%rsi),%ecx
        0x85, 0xc9,                                                        // test %ecx,%ecx
        0x74, 0x1e,                                                        // je hashed
        0x31, 0xc8,                                                        // xor %ecx,%eax
        0x69, 0xc0, 0x93, 0x01, 0x00, 0x01,                                // imul $0x1000193,%eax,%eax
        0x48, 0xff, 0xc6,                                                  // inc %rsi
        0x48, 0x89, 0xf1,                                                  // mov %rsi,%rcx
        0x48, 0x29, 0xd9,                                                  // sub %rbx,%rcx
        0x81, 0xf9, 0xe4, 0x00, 0x00, 0x00,                                // cmp $0xe4,%ecx
        0x72, 0xe0,                                                        // jb hash
        0xe9, 0x9b, 0x00, 0x00, 0x00,                                      // jmp unknown
        0x41, 0x89, 0xc3,                                                  // hashed: mov %eax,%r11d
        0x41, 0x81, 0xe3, 0xfc, 0x07, 0x00, 0x00,                          // and $0x7fc,%r11d
        0x41, 0xc1, 0xe3, 0x08,                                            // shl $0x8,%r11d
        0x48, 0x8d, 0x15, 0x3e, 0x6e, 0x01, 0x00,                          // lea entry+0x17000(%rip),%rdx
        0x49, 0x01, 0xd3,                                                  // add %rdx,%r11
        0x41, 0xba, 0x04, 0x00, 0x00, 0x00,                                // mov $0x4,%r10d
        0x48, 0x29, 0xde,                                                  // sub %rbx,%rsi
        0x41, 0x8b, 0x0b,                                                  // fact: mov (%r11),%ecx
        0xf6, 0xc1, 0x01,                                                  // test $0x1,%cl
        0x75, 0x66,                                                        // jne next
        0x41, 0x39, 0x43, 0x04,                                            // cmp %eax,0x4(%r11)
        0x75, 0x60,                                                        // jne next
        0x41, 0x39, 0x73, 0x18,                                            // cmp %esi,0x18(%r11)
        0x75, 0x5a,                                                        // jne next
        0x41, 0x8b, 0x53, 0x08,                                            // mov 0x8(%r11),%edx
        0x39, 0x15, 0x1c, 0x0e, 0x00, 0x00,                                // cmp %edx,entry+0x1008(%rip)
        0x75, 0x4e,                                                        // jne next
        0x41, 0x8b, 0x53, 0x0c,                                            // mov 0xc(%r11),%edx
        0x81, 0xe2, 0xff, 0x0f, 0x00, 0x00,                                // and $0xfff,%edx
        0x48, 0x8d, 0x3d, 0x01, 0x1e, 0x00, 0x00,                          // lea entry+0x2000(%rip),%rdi
        0x8b, 0x14, 0x97,                                                  // mov (%rdi,%rdx,4),%edx
        0x41, 0x39, 0x53, 0x10,                                            // cmp %edx,0x10(%r11)
        0x75, 0x34,                                                        // jne next
        0x89, 0xf7,                                                        // mov %esi,%edi
        0x41, 0x8a, 0x54, 0x3b, 0x1b,                                      // compare: mov 0x1b(%r11,%rdi,1),%dl
        0x3a, 0x54, 0x3b, 0xff,                                            // cmp -0x1(%rbx,%rdi,1),%dl
        0x75, 0x27,                                                        // jne next
        0xff, 0xcf,                                                        // dec %edi
        0x75, 0xf1,                                                        // jne compare
        0x49, 0x63, 0x53, 0x14,                                            // movslq 0x14(%r11),%rdx
        0x41, 0x39, 0x0b,                                                  // cmp %ecx,(%r11)
        0x75, 0x1a,                                                        // jne next
        0x48, 0x89, 0xd0,                                                  // mov %rdx,%rax
        0x48, 0x83, 0xf8, 0xfe,                                            // cmp $0xfffffffffffffffe,%rax
        0x0f, 0x84, 0x2d, 0xfe, 0xff, 0xff,                                // je done
        0x83, 0x7c, 0x24, 0x38, 0x59,                                      // cmpl $0x59,0x38(%rsp)
        0x0f, 0x84, 0x22, 0xfe, 0xff, 0xff,                                // je done
        0xeb, 0x0c,                                                        // jmp unknown
        0x49, 0x81, 0xc3, 0x00, 0x01, 0x00, 0x00,                          // next: add $0x100,%r11
        0x41, 0xff, 0xca,                                                  // dec %r10d
        0x75, 0x86,                                                        // jne fact

        // Who looks takes no signals until it has closed what it has opened: their handlers may never come back.
        0x83, 0x7c, 0x24, 0x38, 0x59,                                      // unknown: cmpl $0x59,0x38(%rsp)
        0x0f, 0x84, 0xfb, 0xfd, 0xff, 0xff,                                // je slow
        0x41, 0xf7, 0xc0, 0x00, 0x00, 0x20, 0x00,                          // test $0x200000,%r8d
        0x74, 0x24,                                                        // je directory
        0x31, 0xff,                                                        // xor %edi,%edi
        0x48, 0x8d, 0x35, 0xbb, 0x0d, 0x00, 0x00,                          // lea entry+0x1020(%rip),%rsi
        0xe8, 0x69, 0x01, 0x00, 0x00,                                      // call mask
        0x44, 0x8b, 0x54, 0x24, 0x30,                                      // mov 0x30(%rsp),%r10d
        0x81, 0x7c, 0x24, 0x38, 0x06, 0x01, 0x00, 0x00,                    // cmpl $0x106,0x38(%rsp)
        0xba, 0x9c, 0xff, 0xff, 0xff,                                      // mov $0xffffff9c,%edx
        0x44, 0x0f, 0x45, 0xd2,                                            // cmovne %edx,%r10d

        // Without the slash at its start, from the directory that stands for the root; what has two is the supervisor's.
        0x31, 0xd2,                                                        // directory: xor %edx,%edx
        0xbf, 0x04, 0x10, 0x00, 0x00,                                      // mov $0x1004,%edi
        0x80, 0x3b, 0x2f,                                                  // cmpb $0x2f,(%rbx)
        0x75, 0x16,                                                        // jne relative
        0x48, 0xff, 0xc3,                                                  // inc %rbx
        0x80, 0x3b, 0x2f,                                                  // cmpb $0x2f,(%rbx)
        0x0f, 0x84, 0x1b, 0x01, 0x00, 0x00,                                // je failed
        0x80, 0x3b, 0x00,                                                  // cmpb $0x0,(%rbx)
        0x75, 0x38,                                                        // jne openit
        0xe9, 0x11, 0x01, 0x00, 0x00,                                      // jmp failed

        // From the directory that stands for the working directory, or the caller's own, which may be one that is served.
        0xba, 0x00, 0x08, 0x00, 0x00,                                      // relative: mov $0x800,%edx
        0xbf, 0x05, 0x10, 0x00, 0x00,                                      // mov $0x1005,%edi
        0x41, 0x83, 0xfa, 0x9c,                                            // cmp $0xffffff9c,%r10d
        0x74, 0x23,                                                        // je openit
        0x44, 0x89, 0xd7,                                                  // mov %r10d,%edi
        0x48, 0x8d, 0xa4, 0x24, 0x70, 0xff, 0xff, 0xff,                    // lea -0x90(%rsp),%rsp
        0x48, 0x89, 0xe6,                                                  // mov %rsp,%rsi
        0xe8, 0xa9, 0x01, 0x00, 0x00,                                      // call look
        0x48, 0x8d, 0xa4, 0x24, 0x90, 0x00, 0x00, 0x00,                    // lea 0x90(%rsp),%rsp
        0x85, 0xc0,                                                        // test %eax,%eax
        0x0f, 0x85, 0xde, 0x00, 0x00, 0x00,                                // jne failed

        // The one openat2 that the filter lets through, by one of the descriptions in the memory. An error other than EINTR and EMFILE may be the border of the tree, and is the supervisor's to find.
        0x44, 0x89, 0xc0,                                                  // openit: mov %r8d,%eax
        0xc1, 0xe8, 0x10,                                                  // shr $0x10,%eax
        0x83, 0xe0, 0x2f,                                                  // and $0x2f,%eax
        0x44, 0x89, 0xc1,                                                  // mov %r8d,%ecx
        0xc1, 0xe9, 0x07,                                                  // shr $0x7,%ecx
        0x83, 0xe1, 0x10,                                                  // and $0x10,%ecx
        0x09, 0xc8,                                                        // or %ecx,%eax
        0xc1, 0xe0, 0x05,                                                  // shl $0x5,%eax
        0x01, 0xc2,                                                        // add %eax,%edx
        0x48, 0x8d, 0x0d, 0x0b, 0x5d, 0x01, 0x00,                          // lea entry+0x16000(%rip),%rcx
        0x48, 0x01, 0xca,                                                  // add %rcx,%rdx
        0x41, 0xba, 0x18, 0x00, 0x00, 0x00,                                // mov $0x18,%r10d
        0x48, 0x89, 0xde,                                                  // mov %rbx,%rsi
        0xb8, 0xb5, 0x01, 0x00, 0x00,                                      // mov $0x1b5,%eax
        0x0f, 0x05,                                                        // syscall
        0x41, 0xf7, 0xc0, 0x00, 0x00, 0x20, 0x00,                          // test $0x200000,%r8d
        0x0f, 0x84, 0xd7, 0x00, 0x00, 0x00,                                // je opened
        0x85, 0xc0,                                                        // test %eax,%eax
        0x0f, 0x88, 0x96, 0x00, 0x00, 0x00,                                // js failed
        0x89, 0xc7,                                                        // mov %eax,%edi
        0x48, 0x8d, 0xa4, 0x24, 0x70, 0xff, 0xff, 0xff,                    // lea -0x90(%rsp),%rsp
        0x48, 0x89, 0xe6,                                                  // mov %rsp,%rsi
        0xe8, 0x3f, 0x01, 0x00, 0x00,                                      // call look
        0x8b, 0x5c, 0x24, 0x18,                                            // mov 0x18(%rsp),%ebx
        0x48, 0x8d, 0xa4, 0x24, 0x90, 0x00, 0x00, 0x00,                    // lea 0x90(%rsp),%rsp
        0x41, 0x89, 0xc2,                                                  // mov %eax,%r10d
        0x85, 0xc0,                                                        // test %eax,%eax
        0x75, 0x47,                                                        // jne close
        0x83, 0x7c, 0x24, 0x38, 0x15,                                      // cmpl $0x15,0x38(%rsp)
        0x74, 0x20,                                                        // je judge
        0x48, 0x8b, 0x74, 0x24, 0x28,                                      // mov 0x28(%rsp),%rsi
        0x48, 0x8b, 0x54, 0x24, 0x20,                                      // mov 0x20(%rsp),%rdx
        0x81, 0x7c, 0x24, 0x38, 0x06, 0x01, 0x00, 0x00,                    // cmpl $0x106,0x38(%rsp)
        0x48, 0x0f, 0x44, 0xf2,                                            // cmove %rdx,%rsi
        0xe8, 0x0a, 0x01, 0x00, 0x00,                                      // call look
        0x41, 0x89, 0xc2,                                                  // mov %eax,%r10d
        0xeb, 0x20,                                                        // jmp close

        // access(2) of root, who may do all but execute what nobody may.
        0xf6, 0x44, 0x24, 0x28, 0x01,                                      // judge: testb $0x1,0x28(%rsp)
        0x74, 0x19,                                                        // je close
        0xf7, 0xc3, 0x49, 0x00, 0x00, 0x00,                                // test $0x49,%ebx
        0x75, 0x11,                                                        // jne close
        0x81, 0xe3, 0x00, 0xf0, 0x00, 0x00,                                // and $0xf000,%ebx
        0x81, 0xfb, 0x00, 0x40, 0x00, 0x00,                                // cmp $0x4000,%ebx
        0x74, 0x03,                                                        // je close
        0x41, 0xff, 0xc2,                                                  // inc %r10d
        0xb8, 0x03, 0x00, 0x00, 0x00,                                      // close: mov $0x3,%eax
        0x0f, 0x05,                                                        // syscall
        0x41, 0x52,                                                        // push %r10
        0xbf, 0x02, 0x00, 0x00, 0x00,                                      // mov $0x2,%edi
        0x48, 0x8d, 0x74, 0x24, 0x08,                                      // lea 0x8(%rsp),%rsi
        0xe8, 0x32, 0x00, 0x00, 0x00,                                      // call mask
        0x41, 0x5a,                                                        // pop %r10
        0x45, 0x85, 0xd2,                                                  // test %r10d,%r10d
        0x0f, 0x85, 0xa2, 0xfc, 0xff, 0xff,                                // jne slow
        0x31, 0xc0,                                                        // xor %eax,%eax
        0xe9, 0xa9, 0xfc, 0xff, 0xff,                                      // jmp done
        0x41, 0xf7, 0xc0, 0x00, 0x00, 0x20, 0x00,                          // failed: test $0x200000,%r8d
        0x0f, 0x84, 0x8e, 0xfc, 0xff, 0xff,                                // je slow
        0xbf, 0x02, 0x00, 0x00, 0x00,                                      // mov $0x2,%edi
        0x48, 0x8d, 0x34, 0x24,                                            // lea (%rsp),%rsi
        0xe8, 0x05, 0x00, 0x00, 0x00,                                      // call mask
        0xe9, 0x7b, 0xfc, 0xff, 0xff,                                      // jmp slow

        // rt_sigprocmask(2): edi says how, rsi has the set; what there was goes to its place on the stack.
        0x48, 0x8d, 0x54, 0x24, 0x08,                                      // mask: lea 0x8(%rsp),%rdx
        0x85, 0xff,                                                        // test %edi,%edi
        0x74, 0x02,                                                        // je set
        0x31, 0xd2,                                                        // xor %edx,%edx
        0x41, 0xba, 0x08, 0x00, 0x00, 0x00,                                // set: mov $0x8,%r10d
        0xb8, 0x0e, 0x00, 0x00, 0x00,                                      // mov $0xe,%eax
        0x0f, 0x05,                                                        // syscall
        0xc3,                                                              // ret
        0x48, 0x85, 0xc0,                                                  // opened: test %rax,%rax
        0x0f, 0x89, 0x67, 0xfc, 0xff, 0xff,                                // jns done
        0x48, 0x83, 0xf8, 0xfc,                                            // cmp $0xfffffffffffffffc,%rax
        0x0f, 0x84, 0x5d, 0xfc, 0xff, 0xff,                                // je done
        0x48, 0x83, 0xf8, 0xe8,                                            // cmp $0xffffffffffffffe8,%rax
        0x0f, 0x84, 0x53, 0xfc, 0xff, 0xff,                                // je done
        0xe9, 0x40, 0xfc, 0xff, 0xff,                                      // jmp slow

        // newfstatat(number, "", status, AT_EMPTY_PATH) is fstat. What looked has written to the buffer, in which the path may be.
        0x81, 0x7c, 0x24, 0x38, 0x06, 0x01, 0x00, 0x00,                    // empty: cmpl $0x106,0x38(%rsp)
        0x0f, 0x85, 0x32, 0xfc, 0xff, 0xff,                                // jne slow
        0x8b, 0x54, 0x24, 0x18,                                            // mov 0x18(%rsp),%edx
        0xf7, 0xc2, 0x00, 0x10, 0x00, 0x00,                                // test $0x1000,%edx
        0x0f, 0x84, 0x22, 0xfc, 0xff, 0xff,                                // je slow
        0x48, 0x8b, 0x7c, 0x24, 0x30,                                      // mov 0x30(%rsp),%rdi
        0x48, 0x8b, 0x74, 0x24, 0x20,                                      // mov 0x20(%rsp),%rsi
        0xeb, 0x0a,                                                        // jmp status
        0x48, 0x8b, 0x7c, 0x24, 0x30,                                      // fstat: mov 0x30(%rsp),%rdi
        0x48, 0x8b, 0x74, 0x24, 0x28,                                      // mov 0x28(%rsp),%rsi
        0x85, 0xff,                                                        // status: test %edi,%edi
        0x0f, 0x88, 0x04, 0xfc, 0xff, 0xff,                                // js slow
        0xe8, 0x1f, 0x00, 0x00, 0x00,                                      // call look
        0x85, 0xc0,                                                        // test %eax,%eax
        0x0f, 0x84, 0x05, 0xfc, 0xff, 0xff,                                // je done
        0xc7, 0x44, 0x24, 0x38, 0x05, 0x00, 0x00, 0x00,                    // movl $0x5,0x38(%rsp)
        0x48, 0x89, 0x7c, 0x24, 0x30,                                      // mov %rdi,0x30(%rsp)
        0x48, 0x89, 0x74, 0x24, 0x28,                                      // mov %rsi,0x28(%rsp)
        0xe9, 0xe0, 0xfb, 0xff, 0xff,                                      // jmp slow

        // The one fstat that the filter lets through: 0 for a file of the tree of which nothing is recorded, which is root's. On disk there are no devices.
        0xb8, 0x05, 0x00, 0x00, 0x00,                                      // look: mov $0x5,%eax
        0x0f, 0x05,                                                        // syscall
        0x85, 0xc0,                                                        // test %eax,%eax
        0x75, 0x4d,                                                        // jne other
        0x48, 0x8b, 0x06,                                                  // mov (%rsi),%rax
        0x48, 0x39, 0x05, 0x7d, 0x0b, 0x00, 0x00,                          // cmp %rax,entry+0x1000(%rip)
        0x75, 0x41,                                                        // jne other
        0x8b, 0x46, 0x18,                                                  // mov 0x18(%rsi),%eax
        0x25, 0x00, 0xb0, 0x00, 0x00,                                      // and $0xb000,%eax
        0x3d, 0x00, 0x20, 0x00, 0x00,                                      // cmp $0x2000,%eax
        0x74, 0x32,                                                        // je other
        0x80, 0x3d, 0x75, 0x0b, 0x00, 0x00, 0x00,                          // cmpb $0x0,entry+0x1010(%rip)
        0x75, 0x29,                                                        // jne other
        0x48, 0x8b, 0x46, 0x08,                                            // mov 0x8(%rsi),%rax
        0x48, 0x89, 0xc1,                                                  // mov %rax,%rcx
        0x48, 0xc1, 0xe9, 0x13,                                            // shr $0x13,%rcx
        0x31, 0xc8,                                                        // xor %ecx,%eax
        0x25, 0xff, 0xff, 0x07, 0x00,                                      // and $0x7ffff,%eax
        0x48, 0x8d, 0x0d, 0x4a, 0x5b, 0x00, 0x00,                          // lea entry+0x6000(%rip),%rcx
        0x0f, 0xa3, 0x01,                                                  // bt %eax,(%rcx)
        0x72, 0x0b,                                                        // jb other
        0x48, 0xc7, 0x46, 0x1c, 0x00, 0x00, 0x00, 0x00,                    // movq $0x0,0x1c(%rsi)
        0x31, 0xc0,                                                        // xor %eax,%eax
        0xc3,                                                              // ret
        0xb8, 0x01, 0x00, 0x00, 0x00,                                      // other: mov $0x1,%eax
        0xc3,                                                              // ret
    ];
}
