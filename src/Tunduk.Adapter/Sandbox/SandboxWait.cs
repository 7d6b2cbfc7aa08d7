namespace Tunduk.Adapter.Sandbox;

/// <summary>A wait with no end of its own, for parts that hang on demand.</summary>
internal static class SandboxWait
{
    /// <summary>Completes when the token is cancelled (the caller went away, or the sandbox stops); never throws.</summary>
    public static async Task ForeverAsync(CancellationToken cancellationToken)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = cancellationToken.Register(
            static state => ((TaskCompletionSource)state!).TrySetResult(), end);
        await end.Task;
    }
}
