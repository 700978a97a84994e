// SPDX-License-Identifier: Apache-2.0
// Usage: Kiln.ReadyToRunProfile PROFILE ASSEMBLY...
using Kiln.ReadyToRunProfile;

var writer = new ProfileWriter();
foreach (string assembly in args[1..])
    AsyncMethods.AddAll(assembly, writer);
writer.Save(args[0]);
