using System.Collections.Concurrent;

namespace Tunduk.Adapter.Attachments;

/// <summary>
/// Bounds what attachments under way take on disk: in all, and for each one who sends or receives them, so that one caller's
/// uploads never keep out another's.
/// </summary>
/// <param name="most">Bytes in all.</param>
/// <param name="mostEach">Bytes for one owner.</param>
internal sealed class SpoolQuota(long most, long mostEach)
{
    private readonly ConcurrentDictionary<string, long> owners = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private long taken;

    /// <summary>Bytes taken now.</summary>
    public long Taken => Interlocked.Read(ref taken);

    /// <summary>Takes room; false when there is none, for this owner or at all.</summary>
    public bool TryTake(string owner, long bytes)
    {
        lock (gate)
        {
            var own = owners.GetValueOrDefault(owner);
            if (taken + bytes > most || own + bytes > mostEach)
            {
                return false;
            }

            taken += bytes;
            owners[owner] = own + bytes;
            return true;
        }
    }

    /// <summary>Gives room back.</summary>
    public void Give(string owner, long bytes)
    {
        lock (gate)
        {
            taken -= bytes;
            var left = owners.GetValueOrDefault(owner) - bytes;
            if (left <= 0)
            {
                owners.TryRemove(owner, out _);
            }
            else
            {
                owners[owner] = left;
            }
        }
    }
}
