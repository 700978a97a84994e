// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Stage;

/// <summary>
/// A thread for one step. The kernel ties a child's life to the thread that made it (PR_SET_PDEATHSIG), so a pool's thread, which may be retired at any
/// time, will not do.
/// </summary>
internal static class StepThread
{
    public static Task<T> RunAsync<T>(Func<T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Complete(work, completion)) { IsBackground = true, Name = "RUN" }.Start();
        return completion.Task;
    }

    private static void Complete<T>(Func<T> work, TaskCompletionSource<T> completion)
    {
        try
        {
            completion.SetResult(work());
        }
        catch (Exception e)
        {
            completion.SetException(e);
        }
    }
}
