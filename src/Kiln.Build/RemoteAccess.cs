// SPDX-License-Identifier: Apache-2.0
using Kiln.Contexts.Git;
using Kiln.Contexts.Http;

namespace Kiln.Build;

/// <summary>How sources that lie elsewhere are fetched.</summary>
public sealed record RemoteAccess(HttpDownloader Http, GitFetcher Git);
