// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Build.Transfers;
using Kiln.Diagnostics;
using Kiln.Layers.Blobs;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Store;
using Kiln.SystemTests.Registry;
using Kiln.SystemTests.Registry.Faults;
using Xunit;

namespace Kiln.SystemTests.Transfers;

/// <summary>Images on their way between places, of which some fail: what moves, in what order, and what is left when it goes wrong.</summary>
public sealed class MoveTests(FaultWorld world) : IClassFixture<FaultWorld>, IDisposable
{
    private static readonly Platform Amd64 = new("linux", "amd64");
    private readonly TempDirectory _directory = new();
    private readonly List<BuildEvent> _events = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Within_a_registry_no_blob_moves()
    {
        string repository = world.NewRepository();
        await world.StoreAsync($"{repository}/a:1", world.Image, Cancel);
        await using var proxy = new FaultProxy(world.Registry, _ => null);
        await using RegistryClient client = FaultWorld.Client(FaultWorld.Impatient);

        await Transfer(client).MoveAsync(Place(proxy, $"{repository}/a:1"), null, [Place(proxy, $"{repository}/b:1")], Cancel);

        Assert.Equal(world.Image.Digest, (await world.ReadAsync($"{repository}/b:1", Cancel)).Digest);
        Assert.Equal((0, 0), (proxy.Counts.BlobsUp, proxy.Counts.Requests(RequestKind.BlobGet)));
    }

    [Fact]
    public async Task Between_registries_a_blob_goes_once_and_leaves_nothing_on_disk()
    {
        await using DockerRegistry other = await DockerRegistry.StartAsync(new DockerRegistryOptions(), Cancel);
        string repository = world.NewRepository();
        await world.StoreAsync($"{repository}/a:1", world.Image, Cancel);
        await using var from = new FaultProxy(world.Registry, _ => null);
        await using var to = new FaultProxy(other.Address, _ => null);
        await using RegistryClient client = FaultWorld.Client(FaultWorld.Impatient);
        long size = ImageTree.Of(world.Image).Blobs.Sum(blob => blob.Descriptor.Size);

        await Transfer(client).MoveAsync(Place(from, $"{repository}/a:1"), null, [Place(to, "x/b:1"), Place(to, "x/c:1"), Place(to, "x/c:2")], Cancel);
        long sent = to.Counts.BlobsUp;
        await Transfer(client).MoveAsync(Place(from, $"{repository}/a:1"), null, [Place(to, "x/b:again")], Cancel);

        Assert.Equal(size, sent);
        Assert.Equal(sent, to.Counts.BlobsUp);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Root));
    }

    [Theory]
    [InlineData(RequestKind.UploadPut)]
    [InlineData(RequestKind.ManifestPut)]
    public async Task Where_one_part_of_an_index_is_refused_nothing_is_named(RequestKind kind)
    {
        string repository = world.NewRepository();
        string layout = await WriteIndexAsync();
        await using var proxy = new FaultProxy(world.Registry, request => request.Kind == kind ? Fault.Of(403) : null);
        await using RegistryClient client = FaultWorld.Client(FaultWorld.Impatient);

        var error = await Assert.ThrowsAsync<BuildException>(
            () => Transfer(client).MoveAsync(new LayoutPlace(layout, null), null, [Place(proxy, $"{repository}:1")], Cancel));

        Assert.Equal(DiagnosticRules.AccessDenied, error.Diagnostic.Rule);
        Assert.Null(await world.FindTagAsync($"{repository}:1", Cancel));
        Assert.DoesNotContain(proxy.Requests, request => request.Kind == RequestKind.ManifestPut && request.Path.EndsWith("/1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_registry_that_lacks_a_blob_leaves_no_name_in_the_others()
    {
        await using DockerRegistry other = await DockerRegistry.StartAsync(new DockerRegistryOptions(), Cancel);
        string repository = world.NewRepository(), layout = await WriteIndexAsync();
        await using var broken = new FaultProxy(other.Address, request => request.Kind == RequestKind.UploadPut ? Fault.Of(507) : null);
        await using RegistryClient client = FaultWorld.Client(FaultWorld.Impatient);

        await Assert.ThrowsAsync<BuildException>(() => Transfer(client).MoveAsync(
            new LayoutPlace(layout, null), null, [new RegistryPlace(Reference(world.Registry, $"{repository}:1")), Place(broken, "x/y:1")], Cancel));

        Assert.Null(await world.FindTagAsync($"{repository}:1", Cancel));
    }

    [Fact]
    public async Task Who_may_not_push_learns_it_before_anything_is_packed()
    {
        await using var proxy = new FaultProxy(world.Registry, request => request.Kind == RequestKind.UploadStart ? Fault.Of(403) : null);
        await using RegistryClient client = FaultWorld.Client(FaultWorld.Impatient);
        await DockerArchiveWriter.WriteAsync(_directory.Path("x.tar"), world.Image, [], Cancel);

        await Assert.ThrowsAsync<BuildException>(
            () => Transfer(client).MoveAsync(new ArchivePlace(_directory.Path("x.tar"), null), null, [Place(proxy, "no/no:1")], Cancel));

        Assert.DoesNotContain(proxy.Requests, request => request.Kind == RequestKind.BlobHead);
    }

    [Theory]
    [InlineData(RequestKind.BlobGet)]
    [InlineData(RequestKind.ManifestGet)]
    public async Task A_pull_that_fails_leaves_no_file_and_no_entry(RequestKind kind)
    {
        string repository = world.NewRepository();
        await world.StoreAsync($"{repository}:1", world.Image, Cancel);
        await world.StoreAsync($"{repository}:old", world.Older, Cancel);
        await using RegistryClient client = FaultWorld.Client(FaultWorld.Impatient);
        var layout = new LayoutPlace(_directory.Path("layout"), null);
        await Transfer(client).MoveAsync(new RegistryPlace(Reference(world.Registry, $"{repository}:old")), null, [layout], Cancel);
        await using var proxy = new FaultProxy(world.Registry, request => request.Kind == kind ? new Fault { CorruptAnswerAt = 5 } : null);

        await Assert.ThrowsAsync<BuildException>(() => Transfer(client).MoveAsync(Place(proxy, $"{repository}:1"), null, [layout], Cancel));
        await Assert.ThrowsAsync<BuildException>(
            () => Transfer(client).MoveAsync(Place(proxy, $"{repository}:1"), null, [new ArchivePlace(_directory.Path("x.tar"), null)], Cancel));

        Assert.Equal(_directory.Path("layout"), Assert.Single(Directory.EnumerateFileSystemEntries(_directory.Root)));
        Assert.Equal(world.Older.Digest, Assert.Single((await new OciLayoutReader(layout.Path).ReadIndexAsync(Cancel)).Manifests).Digest);
        Assert.Empty(Directory.EnumerateFiles(layout.Path, "*.partial", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task An_image_of_an_index_is_chosen_by_its_platform()
    {
        await using RegistryClient client = FaultWorld.Client(FaultWorld.Impatient);
        string layout = await WriteIndexAsync();
        var to = new ArchivePlace(_directory.Path("x.tar"), "h.io/x:1");

        Digest digest = await Transfer(client).MoveAsync(new LayoutPlace(layout, null), new PlatformChoice(new Platform("linux", "arm64")), [to], Cancel);
        var error = await Assert.ThrowsAsync<BuildException>(
            () => Transfer(client).MoveAsync(new LayoutPlace(layout, null), new PlatformChoice(new Platform("linux", "s390x")), [to], Cancel));

        Assert.Equal(world.Older.Digest, digest);
        Assert.Equal("it has `linux/amd64`, `linux/arm64`", error.Diagnostic.Hint);
    }

    [Fact]
    public async Task Two_images_for_one_platform_make_no_index()
    {
        await using RegistryClient client = FaultWorld.Client(FaultWorld.Impatient);
        string one = _directory.Path("one"), two = _directory.Path("two");
        await new OciLayoutWriter(one, TimeProvider.System).WriteAsync(world.Image, [], Cancel);
        await new OciLayoutWriter(two, TimeProvider.System).WriteAsync(world.Older, [], Cancel);
        IndexMember[] members = [new(new LayoutPlace(one, null), null), new(new LayoutPlace(two, null), null)];

        var error = await Assert.ThrowsAsync<BuildException>(
            () => Transfer(client).CreateIndexAsync(members, StringMap.Empty, new LayoutPlace(_directory.Path("index"), "1"), Cancel));

        Assert.Equal($"`{one}` and `{two}` are both for `linux/amd64`", error.Message);
        Assert.False(Directory.Exists(_directory.Path("index")));
    }

    /// <summary>A layout of an index of two images.</summary>
    private async Task<string> WriteIndexAsync()
    {
        await using RegistryClient client = FaultWorld.Client(FaultWorld.Impatient);
        string one = _directory.Path("one"), two = _directory.Path("two"), index = _directory.Path("index");
        await new OciLayoutWriter(one, TimeProvider.System).WriteAsync(world.Image, [], Cancel);
        await new OciLayoutWriter(two, TimeProvider.System).WriteAsync(world.Older, [], Cancel);
        await Transfer(client).CreateIndexAsync(
            [new(new LayoutPlace(one, null), null), new(new LayoutPlace(two, null), new Platform("linux", "arm64"))], StringMap.Empty, new LayoutPlace(index, "1"), Cancel);
        return index;
    }

    /// <summary>One that has no place for anything to be laid out.</summary>
    private ImageTransfer Transfer(RegistryClient client) => new(new TransferServices(
        client, () => throw new InvalidOperationException("nothing has to be laid out"), CompressionOptions.Default, Amd64, TimeProvider.System, Report));

    private void Report(BuildEvent happened)
    {
        lock (_events)
            _events.Add(happened);
    }

    private static RegistryPlace Place(FaultProxy proxy, string name) => new(Reference(proxy.Address, name));

    private static ImageReference Reference(string host, string name) => ImageReference.Parse($"{host}/{name}");
}
