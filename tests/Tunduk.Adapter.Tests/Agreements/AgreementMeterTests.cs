using Tunduk.Adapter.Agreements;

namespace Tunduk.Adapter.Tests.Agreements;

/// <summary>Agreed rates and volumes.</summary>
public sealed class AgreementMeterTests
{
    private static readonly DateTimeOffset Noon = AgreementTexts.Summer;

    [Fact]
    public void Enter_MoreThanAMinuteAllows_IsRefusedInAnySixtySeconds()
    {
        (AgreementMeter meter, Agreement agreement) = Make("perMinute: 3");
        for (int i = 0; i < 3; i++)
        {
            Enter(meter, agreement, Noon.AddSeconds(i * 10)).ShouldBeNull();
        }

        Enter(meter, agreement, Noon.AddSeconds(59)).ShouldBe("limits.perMinute");
        Enter(meter, agreement, Noon.AddSeconds(61)).ShouldBeNull();
        Enter(meter, agreement, Noon.AddSeconds(62)).ShouldBe("limits.perMinute");
        Enter(meter, agreement, Noon.AddSeconds(30)).ShouldBe("limits.perMinute", "a clock that goes back opens no room");
    }

    [Fact]
    public void Enter_MoreThanADayAllows_IsRefusedUntilMidnightOfTheOffset()
    {
        (AgreementMeter meter, Agreement agreement) = Make("perDay: 2");
        Enter(meter, agreement, Noon).ShouldBeNull();
        Enter(meter, agreement, Noon.AddHours(1)).ShouldBeNull();
        Enter(meter, agreement, Noon.AddHours(11)).ShouldBe("limits.perDay");
        meter.Enter(agreement, agreement.Services[0], Noon.AddHours(11))!.RetryAfter.ShouldBe(TimeSpan.FromHours(1), "midnight of the offset");
        Enter(meter, agreement, Noon.AddHours(12)).ShouldBeNull();
    }

    [Fact]
    public void Enter_VolumeOfTheDay_IsRefusedOnceItIsReached()
    {
        (AgreementMeter meter, Agreement agreement) = Make("bytesPerDay: 100");
        meter.Weigh(agreement, agreement.Services[0], 99, Noon);
        Enter(meter, agreement, Noon).ShouldBeNull();
        meter.Weigh(agreement, agreement.Services[0], 1, Noon);
        Enter(meter, agreement, Noon).ShouldBe("limits.bytesPerDay");
    }

    [Fact]
    public void Enter_LimitOfTheAgreement_HoldsOverAllItsServices()
    {
        string text = AgreementTexts.Full.Replace("services:", "limits: { perDay: 1 }\nservices:\n  - service: other/v1");
        Agreement agreement = AgreementTexts.Agreement(text);
        AgreementMeter meter = new(TimeSpan.FromHours(6));
        meter.Enter(agreement, agreement.Services[0], Noon).ShouldBeNull();
        meter.Enter(agreement, agreement.Services[1], Noon)!.Code.ShouldBe("agreement_rate_exceeded");
    }

    [Fact]
    public void Enter_AfterARestart_CountsWhatTheArchiveHolds()
    {
        (AgreementMeter meter, Agreement agreement) = Make("perDay: 5");
        meter.Seed(agreement, agreement.Services[0], 5, 0, DateOnly.FromDateTime(Noon.DateTime));
        Enter(meter, agreement, Noon).ShouldBe("limits.perDay");
    }

    [Fact]
    public void Enter_ManyAtOnce_NeverLetsMoreThrough()
    {
        (AgreementMeter meter, Agreement agreement) = Make("perMinute: 100");
        int taken = 0;
        Parallel.For(0, 1_000, _ =>
        {
            if (meter.Enter(agreement, agreement.Services[0], Noon) is null)
            {
                Interlocked.Increment(ref taken);
            }
        });
        taken.ShouldBe(100);
    }

    private static string? Enter(AgreementMeter meter, Agreement agreement, DateTimeOffset now) => meter.Enter(agreement, agreement.Services[0], now)?.Path;

    private static (AgreementMeter Meter, Agreement Agreement) Make(string limits) =>
        (new AgreementMeter(TimeSpan.FromHours(6)), AgreementTexts.Agreement(AgreementTexts.Full.Replace("    attachments: none", $"    limits: {{ {limits} }}")));
}
