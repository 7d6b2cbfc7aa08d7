using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Tunduk.Properties;

/// <summary>
/// How every property test of the repository runs: the same cases each time, so that a red run is a fault of the change
/// that it judges. <c>tests/long/properties</c> sets <c>TUNDUK_PROPERTY_CASES</c>: that many cases, from a fresh seed.
/// </summary>
internal static class PropertyRuns
{
    // Any odd gamma will do; these are digits of pi.
    private static readonly Replay Fixed = new(new Rnd(3141592653589793238UL, 4626433832795028841UL), FSharpOption<int>.None);

    /// <summary>Checks the property on so many cases and throws with the smallest counterexample and its seed.</summary>
    public static void Hold(this Property property, int cases = 100)
    {
        var wish = Environment.GetEnvironmentVariable("TUNDUK_PROPERTY_CASES");
        property.Check(string.IsNullOrEmpty(wish)
            ? Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay(FSharpOption<Replay>.Some(Fixed))
            : Config.QuickThrowOnFailure.WithMaxTest(int.Parse(wish, CultureInfo.InvariantCulture)));
    }
}
