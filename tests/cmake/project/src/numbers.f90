module numbers
  integer :: one = 1
end module
