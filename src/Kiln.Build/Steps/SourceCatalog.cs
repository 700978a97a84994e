// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Text;
using Kiln.Build.Copying;
using Kiln.Build.Stacks;
using Kiln.Contexts;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Ignore;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Planning.Sources;

namespace Kiln.Build.Steps;

/// <summary>
/// Opens what `COPY`, `ADD` and bind mounts take files from; each source once a build, and owns all handles. Only merged trees are lent to one step at a
/// time: another may be about to work in them.
/// </summary>
internal sealed class SourceCatalog(
    BuildRequest request, LayerDepot depot, ImageResolver images, RemoteSources remotes, Func<int, Task<StageResult>> stages) : IDisposable
{
    private readonly ConcurrentDictionary<SourceReference, Lazy<Task<SourceLease>>> _open = new();
    private readonly ConcurrentBag<IDisposable> _owned = [];

    internal async Task<SourceLease> OpenAsync(SourceReference source, SourceSpan span, CancellationToken cancellationToken)
    {
        bool isStack = source is StageSource || source.IsImage;
        if (isStack && depot.TreeOptions.Merged)
            return await OpenStackAsync(source, span, cancellationToken);
        return await _open.GetOrAdd(source, _ => new Lazy<Task<SourceLease>>(
            () => isStack ? OpenStackAsync(source, span, cancellationToken) : OpenFilesAsync(source, span, cancellationToken))).Value;
    }

    /// <summary>What tells one source from another, in this build and the next: for an image its content, for all else where it is.</summary>
    internal async Task<string> IdentifyAsync(SourceReference source, SourceSpan span, CancellationToken cancellationToken) => source switch
    {
        { IsImage: true } => string.Join(' ', (await images.ResolveSourceAsync(source, span, cancellationToken)).Stack.Layers.Select(layer => layer.DiffId)),
        StageSource stage => $"stage {stage.Index}",
        NamedContextSource named => $"context {named.Name}",
        _ => source.ToString(),
    };

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
    }

    private async Task<SourceLease> OpenFilesAsync(SourceReference source, SourceSpan span, CancellationToken cancellationToken) => new(
        source switch
        {
            ContextSource => OpenContext(),
            NamedContextSource named => OpenNamed(named, span),
            ScratchSource => new StackSource(new StackView(), Own(StackTrees.OfLayers([]))),
            _ => (await remotes.OpenAsync(source, span, cancellationToken)).Files,
        },
        null);

    private DirectoryContext OpenContext()
    {
        PathPatterns? filter = request.IgnoreFile is null ? null : new PathPatterns(new IgnoreMatcher(IgnoreFile.Parse(request.IgnoreFile)));
        return Own(new DirectoryContext(DirectoryHandle.Open(request.Context), filter));
    }

    private DirectoryContext OpenNamed(NamedContextSource named, SourceSpan span)
    {
        try
        {
            DirectoryHandle root = DirectoryHandle.Open(named.Directory);
            string ignoreFile = Path.Combine(named.Directory, ".dockerignore");
            PathPatterns? filter = File.Exists(ignoreFile)
                ? new PathPatterns(new IgnoreMatcher(IgnoreFile.Parse(new SourceText(ignoreFile, Encoding.UTF8.GetString(File.ReadAllBytes(ignoreFile))))))
                : null;
            return Own(new DirectoryContext(root, filter));
        }
        catch (ErrnoException e)
        {
            throw DiagnosticRules.ContextNotFound.Error(
                $"the named context `{named.Name}` cannot be opened: {e.Message}", span, "`--build-context NAME=DIRECTORY` names a directory that exists", e);
        }
    }

    private async Task<SourceLease> OpenStackAsync(SourceReference source, SourceSpan span, CancellationToken cancellationToken)
    {
        StageResult result = source is StageSource stage ? await stages(stage.Index) : await images.ResolveSourceAsync(source, span, cancellationToken);
        Stack stack = result.Stack;
        string reason = $"line {span.Line} copies from it";
        // The trees first: unpacking makes the indexes that the view is of.
        StackLease trees = await depot.OpenTreesAsync(stack, reason, cancellationToken);
        var tree = new StackSource(await depot.ReadViewAsync(stack, reason, cancellationToken), trees.Trees);
        if (depot.TreeOptions.Merged)
            return new SourceLease(tree, trees);
        Own(trees);
        return new SourceLease(tree, null);
    }

    private T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }
}
