# The original: POE::Wheel::SocketFactory accepts, one byte is written, the socket is closed.
#
#   perl poe.pl byte|hold tcp|PATH
use strict;
use warnings;
use Socket qw(AF_UNIX SOMAXCONN sockaddr_in);
use POE qw(Wheel::SocketFactory);

my ($work, $where) = @ARGV;
my $unix = $where ne 'tcp';
my @held;

POE::Session->create(
	inline_states => {
		_start => sub {
			my ($heap, $kernel) = @_[HEAP, KERNEL];
			$heap->{server} = POE::Wheel::SocketFactory->new(
				($unix ? (SocketDomain => AF_UNIX, BindAddress => $where) : (BindAddress => '127.0.0.1', BindPort => 0)),
				ListenQueue  => 4096,
				SuccessEvent => 'accepted',
				FailureEvent => 'failed',
			);
			$kernel->select_read(\*STDIN, 'told');
			my $end = $unix ? $where : (sockaddr_in($heap->{server}->getsockname()))[0];
			$| = 1;
			print "READY $end\n";
		},
		accepted => sub {
			my $socket = $_[ARG0];
			if ($work eq 'hold') {
				push @held, $socket;
				return;
			}
			syswrite($socket, 'x');
			close($socket);
		},
		failed => sub { die "$_[ARG0] failed: $_[ARG2]\n" },
		told => sub {
			my ($kernel, $heap) = @_[KERNEL, HEAP];
			return if sysread(STDIN, my $ignored, 16);
			$kernel->select_read(\*STDIN);
			delete $heap->{server};
		},
	},
);
$SIG{PIPE} = 'IGNORE';
POE::Kernel->run();
