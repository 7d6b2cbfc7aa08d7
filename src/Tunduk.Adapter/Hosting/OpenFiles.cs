using System.Globalization;
using System.Net.Sockets;

namespace Tunduk.Adapter.Hosting;

/// <summary>
/// Keeps files and sockets free for what is under way. A process that can open none at all ends ("Out of memory", says the runtime), and
/// before that the archive and neighbours are out of reach; who opens connections needs no key for it. So a connection that would take one
/// of the last eighth of them is closed at once; of those the admin's listener has half, so that health can be asked.
/// </summary>
/// <remarks>
/// The kernel gives each file or socket the lowest number that is free (POSIX <c>open</c>): the number of a new one says how many are
/// taken, whoever took them. Elsewhere than on Linux nothing is bounded.
/// </remarks>
internal sealed partial class OpenFiles(long most, TimeProvider clock, ILogger<OpenFiles> log)
{
    /// <summary>A limit below is a warning: ten thousand connections need more, and 1,024 are what a shell gives.</summary>
    public const long Few = 4_096;

    private const int Kept = 8;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);
    private readonly Lock gate = new();
    private DateTimeOffset? logged;
    private DateTimeOffset? refused;

    /// <summary>What an operator is to look at.</summary>
    public IEnumerable<string> Alarms
    {
        get
        {
            if (most < Few)
            {
                yield return Phrases.Of("Hosting.OpenFilesFew", most);
            }

            if (LastRefused() is { } at && clock.GetUtcNow() - at < Remembered)
            {
                yield return Phrases.Of("Hosting.OpenFilesTaken", most);
            }
        }
    }

    /// <summary>How many files and sockets this process may have open; as good as endless where it is not known.</summary>
    public static long OfProcess()
    {
        if (!OperatingSystem.IsLinux())
        {
            return long.MaxValue;
        }

        // "Max open files            1024                 1048576              files": the runtime has raised the first to the second.
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(static line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var limit = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(3);
        return long.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? most : long.MaxValue;
    }

    /// <summary>Whether a connection may stay; that it may not is noted.</summary>
    /// <param name="socket">Its socket.</param>
    /// <param name="isAdmin">Whether it came to the admin's listener.</param>
    public bool Keeps(Socket socket, bool isAdmin)
    {
        if (HasRoom(socket.Handle, isAdmin))
        {
            return true;
        }

        Note();
        return false;
    }

    /// <summary>Whether a connection may stay.</summary>
    /// <param name="number">The number of its socket.</param>
    /// <param name="isAdmin">Whether it came to the admin's listener.</param>
    internal bool HasRoom(long number, bool isAdmin) => !OperatingSystem.IsLinux() || number < most - (most / (isAdmin ? 2 * Kept : Kept));

    private DateTimeOffset? LastRefused()
    {
        lock (gate)
        {
            return refused;
        }
    }

    // A line a minute: who opens connections without end does not fill the log.
    private void Note()
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            refused = now;
            if (logged is { } at && now - at < TimeSpan.FromMinutes(1) && now >= at)
            {
                return;
            }

            logged = now;
        }

        LogTaken(Phrases.Of("Hosting.OpenFilesTaken", most));
    }

    [LoggerMessage(1402, LogLevel.Error, "{Problem}")]
    private partial void LogTaken(string problem);
}
