using System.Runtime.InteropServices;

namespace Tunduk.Adapter.Cli;

/// <summary>
/// The signals of a program that serves: SIGTERM and SIGQUIT stop it in order (SIGINT comes by the command line). SIGHUP stops it where a
/// terminal went away; to a service it is how operators and log rotation say "read your files again", which it does by itself: it goes on.
/// Left alone, the last two end the process at once, whatever is under way.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource stop;
    private readonly PosixSignalRegistration[] registrations;

    /// <summary>Begins to listen.</summary>
    /// <param name="cancellationToken">Stops too.</param>
    public StopSignals(CancellationToken cancellationToken)
    {
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var hangUp = Console.IsInputRedirected ? (Action<PosixSignalContext>)Stay : Stop;
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, hangUp),
        ];
    }

    /// <summary>Cancelled when the program is to stop.</summary>
    public CancellationToken Token => stop.Token;

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }

        stop.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It was ending already.
        }
    }

    private static void Stay(PosixSignalContext context) => context.Cancel = true;
}
