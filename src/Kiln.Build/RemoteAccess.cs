// SPDX-License-Identifier: Apache-2.0
using Kiln.Contexts.Git;
using Kiln.Contexts.Http;
using Kiln.Http;

namespace Kiln.Build;

/// <summary>How sources that lie elsewhere are fetched, build contexts among them, and reports that go elsewhere are sent.</summary>
public sealed record RemoteAccess(HttpDownloader Http, GitFetcher Git, GitCloner Cloner, TextUploader Uploads);
