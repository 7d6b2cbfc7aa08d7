using System.Net.Sockets;
using Tunduk.Archive.Publishing;

namespace Tunduk.Archive;

/// <summary>Looks whether an anchor can be reached, without sending a checkpoint.</summary>
public static class AnchorProbe
{
    /// <summary>Null when it answers as the settings ask; otherwise why not, in words.</summary>
    public static async Task<string?> TryReachAsync(AnchorOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (Anchors.Faults(options).FirstOrDefault() is { } fault)
        {
            return fault;
        }

        using IAnchor anchor = Anchors.Make(options, time);
        try
        {
            await anchor.ProbeAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return e.Message;
        }
    }
}
