// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Kiln.Build.Stacks;

namespace Kiln.Build.Steps;

/// <summary>
/// Carries out stages when somebody asks for them, each once, and as many at a time as there are turns for steps. The first that fails ends the others, and is told alone.
/// </summary>
internal sealed class StageSchedule : IAsyncDisposable
{
    private readonly Func<int, CancellationToken, Task<StageResult>> _carryOut;
    private readonly CancellationTokenSource _stop;
    private readonly ConcurrentDictionary<int, Lazy<Task<StageResult>>> _stages = new();
    private ExceptionDispatchInfo? _failure;

    /// <param name="jobs">How many steps are carried out at the same time.</param>
    /// <param name="carryOut">Carries out a stage by its index.</param>
    /// <param name="cancellationToken">Ends all of them.</param>
    internal StageSchedule(int jobs, Func<int, CancellationToken, Task<StageResult>> carryOut, CancellationToken cancellationToken)
    {
        (Jobs, _carryOut) = (jobs, carryOut);
        Turns = new SemaphoreSlim(jobs);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    internal int Jobs { get; }

    /// <summary>Held by whoever carries out a step; never while a stage is waited for.</summary>
    internal SemaphoreSlim Turns { get; }

    /// <summary>What each stage came to that was needed, by its index.</summary>
    internal IReadOnlyDictionary<int, StageResult> Results =>
        _stages.Where(stage => stage.Value.IsValueCreated && stage.Value.Value.IsCompletedSuccessfully).ToDictionary(stage => stage.Key, stage => stage.Value.Value.Result);

    /// <summary>A stage's result: it begins now if nobody has asked for it yet.</summary>
    internal Task<StageResult> GetAsync(int stage) =>
        _stages.GetOrAdd(stage, index => new Lazy<Task<StageResult>>(() => Task.Run(() => CarryOutAsync(index)))).Value;

    /// <summary>Begins stages that will be needed; where only one step is carried out at a time, one after the other.</summary>
    internal async Task BeginAsync(IEnumerable<int> stages)
    {
        foreach (int stage in stages)
        {
            Task<StageResult> begun = GetAsync(stage);
            if (Jobs == 1)
                await begun;
        }
    }

    /// <summary>The first target's result, once all are done; where something went wrong, what went wrong first.</summary>
    internal async Task<StageResult> RunAsync(ImmutableArray<int> targets)
    {
        try
        {
            await BeginAsync(targets);
            return (await Task.WhenAll(targets.Select(GetAsync)))[0];
        }
        catch (Exception) when (_failure is not null)
        {
            await EndAsync();
            _failure.Throw();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stop.Dispose();
        Turns.Dispose();
    }

    private async Task<StageResult> CarryOutAsync(int stage)
    {
        try
        {
            return await _carryOut(stage, _stop.Token);
        }
        catch (Exception e)
        {
            // What fails because it was ended is not the cause.
            if (!_stop.IsCancellationRequested || e is not OperationCanceledException)
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            await _stop.CancelAsync();
            throw;
        }
    }

    private async Task EndAsync()
    {
        await _stop.CancelAsync();
        foreach (Lazy<Task<StageResult>> stage in _stages.Values)
            await ((Task)stage.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
