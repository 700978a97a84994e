// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Sandbox.Guest.Identity;

namespace Kiln.SystemTests.Sandbox.Guest;

/// <summary>Copies of one program with owners, set-id bits and capabilities of all kinds.</summary>
internal sealed class SetIdPrograms
{
    private const int DefaultMode = 0x1ED; // 0755
    private static readonly uint[] Users = [0, 1000, 1001];
    private static readonly uint[] Groups = [0, 50, 1000];

    private readonly List<(string Path, GuestProgram Program, byte[]? Attribute)> _programs = [];

    public IReadOnlyList<(string Path, GuestProgram Program, byte[]? Attribute)> All => _programs;

    /// <param name="directory">In which they are put; all may look into it.</param>
    /// <param name="original">What is copied.</param>
    /// <param name="random">By which they are chosen.</param>
    public static SetIdPrograms Create(string directory, string original, Random random)
    {
        var programs = new SetIdPrograms();
        // 0755, 4755, 2755, 6755, 2745, 0711, 4711, 6511, 0700, 4700
        int[] modes = [DefaultMode, 0x9ED, 0x5ED, 0xDED, 0x5E5, 0x1C9, 0x9C9, 0xD49, 0x1C0, 0x9C0];
        byte[]?[] attributes =
        [
            null, null, null, null,
            Attribute(2, 0x2000, 0, effective: true), Attribute(2, 0x2400, 0, effective: false), Attribute(2, 0, 0xFFFF_FFFF, effective: true), Attribute(2, 0x20_0000, 0, effective: true),
            Attribute(2, 0x20_0001, 0x40, effective: false), Attribute(2, 0, 0, effective: false), Attribute(2, 0, 0, effective: true), Attribute(3, 0xC0, 0, effective: true),
            Attribute(3, 0xC0, 0, effective: true, root: 1000), Attribute(2, 0xFFFF_FFFF_FFFF_FFFF, 0, effective: false),
        ];
        programs.Add(directory, original, 0, 0, DefaultMode, null);
        foreach (int mode in modes)
            foreach (uint user in Users)
                programs.Add(directory, original, user, Groups[random.Next(Groups.Length)], mode, attributes[random.Next(attributes.Length)]);
        foreach (byte[]? attribute in attributes.Where(attribute => attribute is not null))
            programs.Add(directory, original, Users[random.Next(Users.Length)], 0, modes[random.Next(4)], attribute);
        return programs;
    }

    private void Add(string directory, string original, uint user, uint group, int mode, byte[]? attribute)
    {
        string name = $"p{_programs.Count}";
        File.Copy(original, $"{directory}/{name}");
        using (var place = DirectoryHandle.Open(directory))
        {
            byte[] bytes = Encoding.ASCII.GetBytes(name);
            place.SetOwner(bytes, user, group);
            place.SetMode(bytes, mode);
            if (attribute is not null)
                place.SetXattr(bytes, new ExtendedAttribute("security.capability", attribute));
        }
        FileCapabilities? capabilities = null;
        if (attribute is not null && FileCapabilities.Parse(attribute, out capabilities) != Errno.None)
            throw new InvalidOperationException("the attribute means nothing");
        _programs.Add(($"{directory}/{name}", new GuestProgram(user, group, mode, capabilities, IsReadable: true), attribute));
    }

    /// <summary>struct vfs_ns_cap_data, linux/capability.h.</summary>
    private static byte[] Attribute(uint revision, ulong permitted, ulong inheritable, bool effective, uint root = 0)
    {
        uint[] words = [(revision << 24) | (effective ? 1u : 0), (uint)permitted, (uint)inheritable, (uint)(permitted >> 32), (uint)(inheritable >> 32), root];
        return [.. words.Take(revision == 3 ? 6 : 5).SelectMany(BitConverter.GetBytes)];
    }
}
