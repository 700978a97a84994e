// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Sandbox.Guest.Paths;
using Kiln.Sandbox.Guest.State;
using Xunit;

namespace Kiln.Tests.Sandbox.Guest.Paths;

public sealed class KnownNamesTests
{
    private readonly KnownNames _names = new();
    private readonly GuestDirectory _root = GuestDirectory.OfServed(UnixPath.Root);

    [Fact]
    public void What_was_found_is_known_until_a_name_changes()
    {
        Assert.Equal(Errno.None, _names.Find(_root, "/usr\0"u8));

        _names.Add(_root, "/usr\0"u8, Errno.EINVAL);
        Assert.Equal(Errno.EINVAL, _names.Find(_root, "/usr\0"u8));

        _names.Forget();
        Assert.Equal(Errno.None, _names.Find(_root, "/usr\0"u8));
    }

    [Fact]
    public void A_path_is_known_for_its_root_alone()
    {
        _names.Add(_root, "/usr\0"u8, Errno.ENOENT);

        Assert.Equal(Errno.None, _names.Find(GuestDirectory.OfServed(UnixPath.Root), "/usr\0"u8));
    }

    [Fact]
    public void Paths_that_share_a_place_are_told_apart()
    {
        byte[][] paths = [.. Enumerable.Range(0, 5000).Select(i => System.Text.Encoding.ASCII.GetBytes($"/{i}\0"))];
        foreach (byte[] path in paths)
            _names.Add(_root, path, Errno.ENOENT);

        int known = paths.Count(path => _names.Find(_root, path) == Errno.ENOENT);
        Assert.InRange(known, 1, 1024);
        Assert.Equal(Errno.ENOENT, _names.Find(_root, paths[^1]));
    }

    [Fact]
    public void A_long_path_is_not_kept()
    {
        byte[] path = new byte[300];

        _names.Add(_root, path, Errno.EINVAL);

        Assert.Equal(Errno.None, _names.Find(_root, path));
    }
}
