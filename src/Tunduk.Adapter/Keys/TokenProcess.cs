using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Tunduk.Adapter.Keys;

/// <summary>
/// One helper process with the library of a token's maker in it (<see cref="TokenHelper"/>): this program, started anew. What the
/// library does to its process, it does to that one; a library that lost its token is replaced by a fresh one.
/// </summary>
internal sealed class TokenProcess : IDisposable
{
    private readonly Process process;
    private readonly TimeProvider clock;

    private TokenProcess(Process process, TimeProvider clock)
    {
        this.process = process;
        this.clock = clock;
    }

    /// <summary>Id of the helper process.</summary>
    public int Id => process.Id;

    /// <summary>Starts a helper; false where this program cannot be started again.</summary>
    public static bool TryStart(TimeProvider clock, [NotNullWhen(true)] out TokenProcess? started)
    {
        started = null;
        var start = new ProcessStartInfo { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        (start.FileName, var first) = Program();
        foreach (var argument in first.Append(TokenHelper.Command))
        {
            start.ArgumentList.Add(argument);
        }

        // One thread signs: the adapter's own collector settings would cost memory for nothing.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x4000000";
        start.Environment["DOTNET_TieredPGO"] = "0";
        try
        {
            var process = Process.Start(start);
            if (process is null)
            {
                return false;
            }

            // What the maker's library prints is nobody's: it may hold anything. The copy ends with the helper.
            _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
            started = new TokenProcess(process, clock);
            return true;
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or FileNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Asks and waits for the answer.</summary>
    /// <param name="call">The question.</param>
    /// <param name="content">What goes with it.</param>
    /// <param name="limit">After so long without an answer the helper is ended.</param>
    /// <returns>The answer; null where the helper ended before it gave one.</returns>
    public (TokenCall Call, byte[] Content)? Ask(TokenCall call, ReadOnlySpan<byte> content, TimeSpan limit)
    {
        using var timer = clock.CreateTimer(static helper => ((TokenProcess)helper!).End(), this, limit, Timeout.InfiniteTimeSpan);
        try
        {
            TokenFrames.Write(process.StandardInput.BaseStream, call, content);
            return TokenFrames.TryRead(process.StandardOutput.BaseStream, out var answer, out var given) && answer is TokenCall.Done or TokenCall.Fault ? (answer, given!) : null;
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            return null; // It has ended, or was let go (a disposed process has no pipes).
        }
    }

    /// <summary>Ends the helper, whatever it does: whoever waits for an answer gets none.</summary>
    public void End()
    {
        try
        {
            process.Kill();
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            // It has ended.
        }
    }

    public void Dispose()
    {
        End();
        process.Dispose();
    }

    /// <summary>This program, however it was started: as an executable, by <c>dotnet</c>, or as a library of another one (tests).</summary>
    private static (string File, string[] Arguments) Program()
    {
        var self = typeof(TokenProcess).Assembly;
        var started = Environment.ProcessPath ?? "";
        var isMuxer = Path.GetFileNameWithoutExtension(started).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        return isMuxer ? (started, ["exec", self.Location])
            : System.Reflection.Assembly.GetEntryAssembly() == self ? (started, [])
            : ("dotnet", ["exec", self.Location]);
    }
}
