// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Planning.Sources;

/// <summary>
/// Where files come from: the base of a stage, the `--from` of a `COPY` or of a mount. The kinds are closed: <see cref="ScratchSource"/>,
/// <see cref="StageSource"/>, <see cref="ImageSource"/>, <see cref="NamedContextSource"/>, <see cref="ContextSource"/>.
/// </summary>
public abstract record SourceReference
{
    private protected SourceReference()
    {
    }
}
