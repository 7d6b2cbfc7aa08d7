using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Tunduk.GrpcHosting.Server;

namespace Tunduk.GrpcHosting.Tests.Server;

public sealed class GrpcServiceOptionsTests
{
    [Fact]
    public async Task Start_OptionsOutOfRange_StopsWithEveryFaultAndItsRemedy()
    {
        OptionsValidationException e = await Should.ThrowAsync<OptionsValidationException>(() => GrpcTestServer.StartAsync(options =>
        {
            options.MaxReceiveMessageSize = 0;
            options.MaxSendMessageSize = -1;
            options.ResponseCompressionAlgorithm = "snappy";
        }));
        e.Failures.ShouldBe(
        [
            "MaxReceiveMessageSize is not positive: give bytes, or null for no limit.",
            "MaxSendMessageSize is not positive: give bytes, or null for no limit.",
            "ResponseCompressionAlgorithm is unknown: give gzip, or null for none.",
        ]);
    }

    [Fact]
    public void AllowSlowGrpcReaders_KestrelsMinimumPace_IsLifted()
    {
        KestrelServerOptions kestrel = new();
        kestrel.AllowSlowGrpcReaders();
        kestrel.Limits.MinResponseDataRate.ShouldBeNull();
    }
}
