subroutine uses
  use numbers
  one = 2
end subroutine
