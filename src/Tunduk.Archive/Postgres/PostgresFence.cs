namespace Tunduk.Archive.Postgres;

/// <summary>A take-over of a log whose end this process may not have heard of.</summary>
/// <param name="Found">Number of the log before.</param>
/// <param name="Taken">Number of the log from then on, if the commit happened.</param>
internal readonly record struct PostgresFence(long Found, long Taken)
{
    /// <summary>Whether a log that has this number is still this process's.</summary>
    public bool Includes(long number) => number == Found || number == Taken;
}
