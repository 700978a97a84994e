// SPDX-License-Identifier: Apache-2.0
using Kiln.Fuzz;

// Kiln.Fuzz FAILURES [seconds] [seed] [target ...]; fuzz/run calls it.
string failures = args[0];
int seconds = args.Length > 1 ? int.Parse(args[1]) : 60;
int seed = args.Length > 2 ? int.Parse(args[2]) : Environment.TickCount & int.MaxValue;
IFuzzTarget[] all = [new ParserTarget(), new ExpansionTarget(), new IgnoreTarget(), new TarTarget(), new ReferenceTarget(), new JsonTarget(), new RegistriesTarget(), new CacheTarget()];
IFuzzTarget[] targets = args.Length > 3 ? [.. all.Where(target => args.Skip(3).Contains(target.Name))] : all;
if (targets.Length == 0)
{
    Console.Error.WriteLine($"error: no such target\nhint: the targets are {string.Join(", ", all.Select(target => target.Name))}");
    return 2;
}
return new Fuzzer(targets, failures, Console.Out).Run(TimeSpan.FromSeconds(seconds), seed);
